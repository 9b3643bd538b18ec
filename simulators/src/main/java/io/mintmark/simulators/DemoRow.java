package io.mintmark.simulators;

/** What a demo shows, in the order it shows it. */
enum DemoRow {
  ENROLLED("enrolled"),
  CONNECTED("connected"),
  TELEMETRY("telemetry sent = received by an application"),
  FOREIGN_PUBLISH("publish to another device's topic refused"),
  FOREIGN_SUBSCRIBE("subscribe to # and to another device's topic refused"),
  FOREIGN_WILL("will on a foreign topic refused"),
  FOREIGN_CLIENT_ID("another device's client id refused"),
  NO_CERTIFICATE("no certificate refused"),
  SELF_SIGNED("self-signed certificate refused"),
  UNKNOWN_CA("certificate of an unknown CA with the right names refused"),
  FACTORY_CERTIFICATE("factory certificate refused at the broker"),
  EXPIRED("expired certificate refused"),
  RENEWED("whole fleet renewed under traffic, nothing lost"),
  SERVICE_STOPPED("provisioning service stopped: devices still connect"),
  REVOKED("revoked: session cut, reconnect and re-enrolment refused");

  private final String title;

  DemoRow(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
