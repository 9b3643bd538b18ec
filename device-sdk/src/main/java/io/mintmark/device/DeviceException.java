package io.mintmark.device;

import java.util.OptionalInt;

/**
 * Something the device asked for and did not get. The kinds say what the caller should do:
 *
 * <ul>
 *   <li>{@link InvalidRequestException}: change the request; as it is, it can never work.
 *   <li>{@link RefusedException}: ask a person; the request is sound but not allowed.
 *   <li>{@link RetryLaterException}: do the same again later.
 *   <li>{@link StoredException}: do nothing; the message is stored and will be sent.
 * </ul>
 */
public abstract sealed class DeviceException extends Exception
    permits InvalidRequestException, RefusedException, RetryLaterException, StoredException {
  private static final long serialVersionUID = 1L;
  private static final int NONE = -1;

  private final int reasonCode;

  DeviceException(String message, int reasonCode, Throwable cause) {
    super(message, cause);
    this.reasonCode = reasonCode;
  }

  DeviceException(String message, Throwable cause) {
    this(message, NONE, cause);
  }

  /** The broker's reason code (MQTT 5, section 2.4); empty if it was not the broker that spoke. */
  public final OptionalInt reasonCode() {
    return reasonCode == NONE ? OptionalInt.empty() : OptionalInt.of(reasonCode);
  }
}
