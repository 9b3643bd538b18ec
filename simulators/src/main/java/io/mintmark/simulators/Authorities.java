package io.mintmark.simulators;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * The CAs of the system under test, as an operator sees them and moves them on. Methods throw {@link
 * Refused} with the service's words if it said no, another {@link IOException} if it could not be
 * asked; they return when the change holds.
 */
public interface Authorities {

  /**
   * A CA.
   *
   * @param id its id
   * @param role {@code root} or {@code issuing}
   * @param state {@code prepared}, {@code active}, {@code retired} or {@code revoked}
   */
  record Authority(String id, String role, String state) {}

  /** The service said no. The first line of the message says why, each further one names somebody. */
  final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    public Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** All, in the order they became known. */
  List<Authority> list() throws IOException;

  /** A CA's own certificate. */
  X509Certificate certificate(String id) throws IOException;

  /** Makes an issuing CA; its id. */
  String prepareIssuing() throws IOException;

  /** Makes a root; its id. */
  String prepareRoot() throws IOException;

  /** Hands over to a CA, unforced. */
  void activate(String id) throws IOException;

  /** Takes a CA out of use, unforced. */
  void retire(String id) throws IOException;

  /** Has what an issuing CA signed renewed early, spread over a time. */
  void renewEarly(String issuing, Duration over) throws IOException;

  /** The roots that the brokers' feed names now. */
  List<X509Certificate> told() throws IOException;
}
