package io.mintmark.simulators;

/** What a rollover shows, in the order it shows it. */
enum RolloverRow {
  CONNECTED("enrolled and connected, telemetry flows"),
  NEW_ISSUING("new issuing CA in use, every device renewed under it"),
  TOO_EARLY("new root refused while too few devices hold it"),
  HELD("new root held and reported by every device"),
  RENEWED("new root in use, every device renewed under it"),
  OTHERS("service, broker and application renewed under it"),
  RETIRED("old root retired, by no force"),
  DEVICES("devices lost"),
  MESSAGES("messages lost"),
  GONE("old root gone: bundle, feed, broker, devices"),
  LATECOMER("a device that was away all the time comes back");

  private final String title;

  RolloverRow(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
