package io.mintmark.simulators.attack;

/** What a move takes beside an installation. */
public enum Need {
  /** Fleets and devices of its own, which takes an operator's token. */
  CAST("an operator's token"),
  /** The address of the operator API. */
  API("the address of the operator API"),
  /** MQTT over WebSocket. */
  WEBSOCKET("MQTT over WebSocket"),
  /** The port of CRLs and OCSP. */
  STATUS("the address of CRLs and OCSP"),
  /** Nobody else plays meanwhile: it is about what others can still do. */
  ALONE("");

  private final String words;

  Need(String words) {
    this.words = words;
  }

  /** What is missing, for whom it is. */
  String words() {
    return words;
  }
}
