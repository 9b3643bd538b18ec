package io.mintmark.device;

/**
 * The other side understood and said no: a topic that is not granted, a device that is revoked or
 * not in the manifest, a certificate that is not trusted. Repeating it will not help before a
 * person has changed something.
 */
public final class RefusedException extends DeviceException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message, null);
  }

  RefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  RefusedException(String message, int reasonCode) {
    super(message, reasonCode, null);
  }

  /** The same refusal in other words. */
  RefusedException(String message, RefusedException refusal) {
    super(message, refusal.reasonCode().orElse(NONE), refusal);
  }
}
