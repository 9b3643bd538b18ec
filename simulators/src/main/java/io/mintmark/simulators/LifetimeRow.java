package io.mintmark.simulators;

/** What a life shows, in the order it is told. */
enum LifetimeRow {
  LIVED("days lived by all clocks"),
  CONNECTED("every device connected, its certificate valid, at each step"),
  RENEWED("renewals of each device, each with another key"),
  MESSAGES("messages lost"),
  CONNECTIONS("connections and sessions lost"),
  LIVE("live certificates of a device, never more than two"),
  CLONES("nobody taken for a clone"),
  OWN("service, broker and application renewed their own"),
  ISSUING("a new issuing CA taken over by all"),
  STATUS("CRLs and OCSP current at each step"),
  AUDIT("audit log as it was written");

  private final String title;

  LifetimeRow(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
