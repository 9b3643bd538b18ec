package io.mintmark.device;

import io.mintmark.identity.EstException;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.EstRetryLaterException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.FileSystemException;
import java.security.cert.CertificateException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What a failed exchange means for the one who asked for it. */
final class Failures {

  /** Alerts (RFC 8446, section 6.2) by which a server says that it does not like our certificate. */
  private static final Set<String> REFUSALS = Set.of(
      "bad_certificate",
      "unsupported_certificate",
      "certificate_revoked",
      "certificate_expired",
      "certificate_unknown",
      "certificate_required",
      "unknown_ca",
      "access_denied",
      "handshake_failure");

  private static final Pattern ALERT = Pattern.compile("fatal alert: (\\w+)");

  private Failures() {}

  /**
   * @param what the sentence's start, for example "cannot connect to the broker"
   */
  static DeviceException of(String what, IOException e) {
    String message = what + ": " + (e.getMessage() == null ? e.toString() : e.getMessage());
    if (e instanceof EstRetryLaterException later) {
      return new RetryLaterException(message, later.retryAfter(), e);
    }
    if (e instanceof EstRefusedException) {
      return new RefusedException(message, e);
    }
    Throwable tls = e instanceof EstException && e.getCause() != null ? e.getCause() : e;
    if (tls instanceof SSLException ssl) {
      if (causedBy(ssl, CertificateException.class)) {
        return new RefusedException(
            what + ": its certificate is not trusted or not for this host: " + ssl.getMessage()
                + " (the trust anchors are those of the folder's trust.pem)",
            e);
      }
      String alert = refusal(ssl);
      if (alert != null) {
        return new RefusedException(
            what + ": it does not accept this device's certificate (" + alert + ")", e);
      }
    }
    return new RetryLaterException(message, e);
  }

  /** The alert by which the other side says that it does not like our certificate; else null. */
  private static String refusal(SSLException failure) {
    Matcher alert = ALERT.matcher(String.valueOf(failure.getMessage()));
    return alert.find() && REFUSALS.contains(alert.group(1)) ? alert.group(1) : null;
  }

  /**
   * Where a failure comes from, going by what caused it.
   *
   * @param cause nullable
   */
  static Origin origin(Throwable cause) {
    if (isDistrust(cause)) {
      return Origin.THEIR_CERTIFICATE;
    }
    Throwable inner =
        cause instanceof EstException && cause.getCause() != null ? cause.getCause() : cause;
    if (inner instanceof EstException) {
      return Origin.SERVICE;
    }
    if (inner instanceof SocketTimeoutException) {
      return Origin.TIMEOUT;
    }
    if (inner instanceof SSLException ssl && refusal(ssl) != null) {
      return Origin.OWN_CERTIFICATE;
    }
    boolean network = inner instanceof IOException && !(inner instanceof FileSystemException);
    return network ? Origin.NETWORK : Origin.DEVICE;
  }

  /** Whether it failed because the other side's certificate is not trusted here. */
  static boolean isDistrust(Throwable failure) {
    return causedBy(failure, SSLException.class) && causedBy(failure, CertificateException.class);
  }

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> kind) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (kind.isInstance(t)) {
        return true;
      }
    }
    return false;
  }
}
