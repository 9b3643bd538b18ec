package io.mintmark.broker;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.List;

/**
 * Why a TLS handshake failed.
 *
 * @param word for logs and metrics
 * @param detail as TLS says it
 */
record HandshakeFailure(String word, String detail) {

  private static final String NO_TLS = "no-tls";
  private static final String CERTIFICATE = "certificate";
  private static final String ALERT = "alert";
  private static final String CLOSED = "closed";
  private static final String TIMEOUT = "timeout";
  private static final String OTHER = "other";

  /** All there are. */
  static final List<String> WORDS = List.of(NO_TLS, CERTIFICATE, ALERT, CLOSED, TIMEOUT, OTHER);

  /** By its causes, of which the JDK wraps one into the other. */
  static HandshakeFailure of(Throwable cause) {
    String word = OTHER;
    Throwable innermost = cause;
    for (Throwable each = cause; each != null; each = each.getCause()) {
      innermost = each;
      if (word.equals(OTHER)) {
        word = word(each);
      }
    }
    return new HandshakeFailure(word, String.valueOf(innermost.getMessage()));
  }

  private static String word(Throwable cause) {
    if (cause instanceof NotSslRecordException) {
      return NO_TLS;
    }
    if (cause instanceof SslHandshakeTimeoutException) {
      return TIMEOUT;
    }
    if (cause instanceof ClosedChannelException) {
      return CLOSED;
    }
    if (cause instanceof CertificateException) {
      return CERTIFICATE;
    }
    String message = String.valueOf(cause.getMessage());
    if (message.startsWith("Received fatal alert")) {
      // The other side does not like us: it does not trust our certificate, for example.
      return ALERT;
    }
    if (message.startsWith("Connection closed")) {
      return CLOSED;
    }
    return message.contains("certificate chain") ? CERTIFICATE : OTHER;
  }
}
