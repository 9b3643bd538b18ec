package io.mintmark.device;

/** What a {@link DeviceException} was about: what the client was doing when it failed. */
public enum About {
  /** A first certificate from the service, or one after the last had expired. */
  ENROLMENT,
  /** The certificate after the current one. */
  RENEWAL,
  /** The roots that service and broker have to chain to. */
  ROOTS,
  /** The connection to the broker. */
  CONNECTION,
  /** A message that was published. */
  MESSAGE,
  /** A subscription, or its end. */
  SUBSCRIPTION,
  /** A request of this device or to it. */
  REQUEST,
  /** The client as a whole: it was closed. */
  CLIENT
}
