package io.mintmark.simulators.fleet;

/** Where a simulated device is. */
public enum DeviceState {
  /** It has no operational credential. */
  NEW,
  /** It has one, and no connection. */
  ENROLLED,
  /** It wants to be connected, and is not. */
  CONNECTING,
  /** The broker has let it in. */
  CONNECTED,
  /** The broker or the service has refused it, so that it gave up. */
  REFUSED
}
