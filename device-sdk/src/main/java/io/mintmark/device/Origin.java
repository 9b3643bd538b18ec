package io.mintmark.device;

/** Where a {@link DeviceException} comes from: who or what is the reason. */
public enum Origin {
  /** The broker said so: {@link DeviceException#reasonCode()}. */
  BROKER,
  /** The provisioning service said so: {@link DeviceException#httpStatus()} where it refused. */
  SERVICE,
  /** Service or broker does not accept this device's certificate in TLS. */
  OWN_CERTIFICATE,
  /** This device does not trust the certificate of service or broker, or it is for another host. */
  THEIR_CERTIFICATE,
  /** The way there: a name that is not found, a connection refused or broken. */
  NETWORK,
  /** Nothing was heard in time: of a connection, for one and a half times the keep-alive. */
  TIMEOUT,
  /** The one who answered a request. */
  PEER,
  /** The device itself: its disk, its memory, its limits, how the client was built or asked. */
  DEVICE,
  /** The client was closed. */
  CLOSED
}
