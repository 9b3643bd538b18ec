package io.mintmark.identity;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * Asks the service when a certificate should be renewed: {@code GET /v1/renewal-info/<id>}, in the
 * form of RFC 9773. No certificate need be shown. Each call is one request on a connection of its
 * own. Thread-safe.
 */
public final class RenewalInfoClient {

  private static final int LONGEST_ANSWER = 64 * 1024;

  /** Section 4.3.2: what a client does without being told. */
  private static final Duration DEFAULT_RETRY = Duration.ofHours(6);

  private static final Duration SHORTEST_RETRY = Duration.ofMinutes(1);

  private final URI service;
  private final ServiceConnection connections;

  /**
   * @param service scheme, host and port of the service
   * @param tls trusts the service's root
   * @param clock reads Retry-After where it is a date
   * @param connectTimeout for the TCP connection to each of the host's addresses, at least 1 ms
   * @param readTimeout for each read, at least 1 ms
   */
  public RenewalInfoClient(
      URI service, SSLContext tls, Clock clock, Duration connectTimeout, Duration readTimeout) {
    this(service, tls, clock, connectTimeout, readTimeout, ServerDates.NONE);
  }

  /**
   * @param service as above
   * @param tls as above
   * @param clock as above
   * @param connectTimeout as above
   * @param readTimeout as above
   * @param dates hears what the server says the time is, with each answer
   */
  public RenewalInfoClient(
      URI service,
      SSLContext tls,
      Clock clock,
      Duration connectTimeout,
      Duration readTimeout,
      ServerDates dates) {
    this.service = service;
    this.connections = new ServiceConnection(tls, clock, connectTimeout, readTimeout, dates);
  }

  /**
   * What the service says about the certificate. {@code retryAfter} is held to a minute to a day
   * (section 4.3.2).
   *
   * @return empty if the service does not know the certificate, or knows no renewal information
   * @throws EstException if it could not be asked or answers something else
   */
  public Optional<RenewalInfo> of(X509Certificate certificate) throws EstException {
    try {
      URI uri = service.resolve("/v1/renewal-info/" + RenewalId.of(certificate));
      return fetch(uri);
    } catch (EstException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new EstException("renewal information at " + service + ": " + e.getMessage(), e);
    }
  }

  private Optional<RenewalInfo> fetch(URI uri) throws IOException {
    Instant asked = connections.clock().instant();
    HttpsURLConnection connection = connections.to(uri);
    connection.setRequestProperty("Accept", "application/json");
    try {
      int status = connections.status(connection, asked);
      if (status == 404) {
        return Optional.empty();
      }
      if (status != 200) {
        throw new EstException("renewal information at " + uri + ": the answer is " + status);
      }
      Duration retry = RetryAfter.parse(
              connection.getHeaderField("Retry-After"), connections.clock().instant())
          .orElse(DEFAULT_RETRY);
      String json = read(connection.getInputStream());
      return Optional.of(
          new RenewalInfo(RenewalInfo.window(json), held(retry), RenewalInfo.bundle(json)));
    } finally {
      connection.disconnect();
    }
  }

  private static Duration held(Duration retry) {
    return retry.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : retry;
  }

  private static String read(InputStream in) throws IOException {
    try (in) {
      byte[] bytes = in.readNBytes(LONGEST_ANSWER + 1);
      if (bytes.length > LONGEST_ANSWER) {
        throw new EstException("the renewal information is longer than 64 KiB");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
