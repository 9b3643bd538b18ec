package io.mintmark.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * Hears what time it is where a server's answers come from: their Date (RFC 9110, section 6.6.1).
 * Called on the thread of the request, before its answer is looked at.
 */
@FunctionalInterface
public interface ServerDates {

  /** Does not listen. */
  ServerDates NONE = (said, asked, shown) -> {};

  /**
   * An answer came, on a connection TLS was content with.
   *
   * @param said its Date, in whole seconds
   * @param asked when the request was begun, by the client's clock: the answer is no older
   * @param shown the server's certificates as it sent them, leaf first
   */
  void heard(Instant said, Instant asked, List<X509Certificate> shown);
}
