package io.mintmark.device;

import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.EstRetryLaterException;
import java.util.OptionalInt;

/**
 * Something the device asked for and did not get. The three kinds say what the caller should do:
 *
 * <ul>
 *   <li>{@link InvalidRequestException}: change the request; as it is, it can never work.
 *   <li>{@link RefusedException}: ask a person; the request is sound but not allowed.
 *   <li>{@link RetryLaterException}: do the same again later.
 * </ul>
 *
 * <p>{@link #about} and {@link #origin} are for programs to switch on, the message is for people; it
 * holds no secrets.
 */
public abstract sealed class DeviceException extends Exception
    permits InvalidRequestException, RefusedException, RetryLaterException {
  private static final long serialVersionUID = 1L;
  private static final int NONE = -1;

  private final int reasonCode;
  private About about;
  private Origin origin;

  DeviceException(String message, int reasonCode, Throwable cause) {
    super(message, cause);
    this.reasonCode = reasonCode;
    this.origin = reasonCode == NONE ? Failures.origin(cause) : Origin.BROKER;
  }

  DeviceException(String message, Throwable cause) {
    this(message, NONE, cause);
  }

  /** Says what it was about, unless that was said closer to it; before anybody else sees it. */
  static <E extends DeviceException> E about(About what, E failure) {
    DeviceException common = failure;
    if (common.about == null) {
      common.about = what;
    }
    return failure;
  }

  /** Says where it comes from, where its cause does not; before anybody else sees it. */
  static <E extends DeviceException> E from(Origin origin, E failure) {
    DeviceException common = failure;
    common.origin = origin;
    return failure;
  }

  /** What the client was doing. */
  public final About about() {
    return about == null ? About.CLIENT : about;
  }

  /** Who or what is the reason. */
  public final Origin origin() {
    return origin;
  }

  /** The broker's reason code (MQTT 5, section 2.4); empty if it was not the broker that spoke. */
  public final OptionalInt reasonCode() {
    return reasonCode == NONE ? OptionalInt.empty() : OptionalInt.of(reasonCode);
  }

  /**
   * The service's HTTP status where it refused or asked to come later; empty if it was not the
   * service that spoke, or it had trouble of its own (500 and above, but 503).
   */
  public final OptionalInt httpStatus() {
    for (Throwable t = getCause(); t != null; t = t.getCause()) {
      if (t instanceof EstRefusedException refusal) {
        return OptionalInt.of(refusal.status());
      }
      if (t instanceof EstRetryLaterException later) {
        return OptionalInt.of(later.status());
      }
    }
    return OptionalInt.empty();
  }
}
