package io.mintmark.identity;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * The device's side of Enrollment over Secure Transport (RFC 7030, as clarified by RFC 8951). Each
 * call is one request on a connection of its own. Thread-safe.
 */
public final class EstClient {

  private static final int LONGEST_ANSWER = 1 << 20;
  private static final String PKCS10 = "application/pkcs10";
  private static final Duration DEFAULT_RETRY = Duration.ofSeconds(30);

  private final URI base;
  private final ServiceConnection service;

  /**
   * A client with timeouts of 10 s to connect and 30 s for an answer.
   *
   * @param base the label's root, for example {@code
   *     https://pki.example.org:8443/.well-known/est/sensors}
   * @param tls shows the bootstrap or operational certificate and trusts the server's root; the
   *     server's name is checked against its certificate (RFC 6125)
   * @throws IllegalArgumentException if the URI is not an https one
   */
  public EstClient(URI base, SSLContext tls) {
    this(base, tls, Clock.systemUTC(), Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /**
   * @param base the label's root
   * @param tls as above
   * @param clock reads Retry-After where it is a date
   * @param connectTimeout for the TCP connection to each of the host's addresses, at least 1 ms
   * @param readTimeout for each read, at least 1 ms; for all of them together three times that
   */
  public EstClient(
      URI base, SSLContext tls, Clock clock, Duration connectTimeout, Duration readTimeout) {
    this(base, tls, clock, connectTimeout, readTimeout, ServerDates.NONE);
  }

  /**
   * @param base the label's root
   * @param tls as above
   * @param clock as above
   * @param connectTimeout as above
   * @param readTimeout as above
   * @param dates hears what the server says the time is, with each answer
   */
  public EstClient(
      URI base,
      SSLContext tls,
      Clock clock,
      Duration connectTimeout,
      Duration readTimeout,
      ServerDates dates) {
    if (!"https".equals(base.getScheme()) || base.getHost() == null) {
      throw new IllegalArgumentException(
          "EST needs an https URI with a host, not '" + Printable.of(base.toString()) + "'");
    }
    this.base = base;
    this.service = new ServiceConnection(tls, clock, connectTimeout, readTimeout, dates);
  }

  /**
   * The base URI of a fleet's label on a service: {@code <service>/.well-known/est/<fleet>}.
   *
   * @param service scheme, host and port
   */
  public static URI label(URI service, FleetId fleet) {
    try {
      return new URI(
          service.getScheme(),
          null,
          service.getHost(),
          service.getPort(),
          "/.well-known/est/" + fleet,
          null,
          null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + service + "' is not a service address", e);
    }
  }

  /**
   * The trust anchors and issuing certificates (section 4.1). What comes back is only as good as
   * the TLS trust this client was made with; {@link VouchedBundle} tells the anchors among it.
   *
   * @throws EstAnswerException if the server answered with something else
   * @throws EstException as described there
   */
  public List<X509Certificate> caCertificates() throws EstException {
    return exchange("cacerts", null);
  }

  /**
   * A first certificate (section 4.2.1).
   *
   * @param request DER of a PKCS#10 request
   * @return what the server sent, leaf first
   * @throws EstException as described there
   */
  public List<X509Certificate> simpleEnroll(byte[] request) throws EstException {
    return exchange("simpleenroll", request);
  }

  /**
   * The certificate after the current one (section 4.2.2), which this client's TLS context shows.
   *
   * @param request DER of a PKCS#10 request with the current subject and names
   * @return what the server sent, leaf first
   * @throws EstException as described there
   */
  public List<X509Certificate> simpleReenroll(byte[] request) throws EstException {
    return exchange("simplereenroll", request);
  }

  /**
   * Tells the service which trust anchors are held here ({@code POST /v1/bundle}, Mintmark's own):
   * it does not change roots before nearly all have the new one. This client's TLS context shows the
   * operational certificate.
   *
   * @return whether they are those to hold now; if not, {@link #caCertificates} has them
   * @throws EstException as described there; also of a service that does not know the request
   */
  public boolean reportBundle(Collection<X509Certificate> anchors) throws EstException {
    byte[] body = Bundle.fingerprint(anchors).getBytes(StandardCharsets.US_ASCII);
    return request(base.resolve("/v1/bundle"), "text/plain", body, connection -> {
      String answer = new String(read(connection.getInputStream()), StandardCharsets.UTF_8);
      return answer.strip().equals("current");
    });
  }

  /**
   * The certificate of a key with its issuers behind it, as TLS wants it shown. An EST server may
   * answer an enrolment with the leaf alone (section 4.2.3); the issuers between it and the root then
   * come from {@code /cacerts}.
   *
   * @param key the public key the certificate was asked for
   * @param answer what {@link #simpleEnroll} or {@link #simpleReenroll} returned
   * @return leaf first, without the root
   * @throws EstException if the answer has no certificate for the key, or the issuers could not be
   *     had
   */
  public List<X509Certificate> chain(PublicKey key, List<X509Certificate> answer)
      throws EstException {
    X509Certificate leaf = answer.stream()
        .filter(c -> c.getPublicKey().equals(key))
        .findFirst()
        .orElseThrow(() -> new EstException(
            "the EST server's answer holds no certificate for the key it was sent"));
    List<X509Certificate> known = new ArrayList<>(answer);
    if (issuer(leaf, known).isEmpty()) {
      known.addAll(caCertificates());
    }
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
    Optional<X509Certificate> next = issuer(leaf, known);
    while (next.isPresent() && !isSelfIssued(next.get()) && !chain.contains(next.get())) {
      chain.add(next.get());
      next = issuer(next.get(), known);
    }
    return chain;
  }

  /** A root among them before a cross certificate of the same name and key. */
  private static Optional<X509Certificate> issuer(
      X509Certificate certificate, List<X509Certificate> known) {
    return known.stream()
        .filter(c -> c.getBasicConstraints() >= 0 && Issued.by(certificate, c))
        .max(Comparator.comparing(EstClient::isSelfIssued));
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /** What to make of an answer of 200. */
  @FunctionalInterface
  private interface Answer<T> {
    T read(HttpsURLConnection connection) throws IOException;
  }

  private List<X509Certificate> exchange(String operation, byte[] request) throws EstException {
    return request(
        base.resolve(base.getPath() + "/" + operation),
        PKCS10,
        request == null ? null : Base64.getMimeEncoder().encode(request),
        EstClient::certificates);
  }

  private <T> T request(URI uri, String mediaType, byte[] body, Answer<T> answer)
      throws EstException {
    try {
      Instant asked = service.clock().instant();
      HttpsURLConnection connection = service.to(uri);
      connection.setRequestProperty("Accept", "application/pkcs7-mime, text/plain");
      try {
        if (body != null) {
          send(connection, mediaType, body);
        }
        requireGood(connection, service.status(connection, asked));
        return answer.read(connection);
      } finally {
        connection.disconnect();
      }
    } catch (EstException e) {
      throw e;
    } catch (IOException e) {
      throw new EstException("EST at " + uri + " failed: " + e.getMessage(), e);
    }
  }

  private static void send(HttpsURLConnection connection, String mediaType, byte[] body)
      throws IOException {
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", mediaType);
    if (mediaType.equals(PKCS10)) {
      // Section 4.2.1 asks for it; RFC 8951 has the server ignore it.
      connection.setRequestProperty("Content-Transfer-Encoding", "base64");
    }
    connection.setFixedLengthStreamingMode(body.length);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }
  }

  private static List<X509Certificate> certificates(HttpsURLConnection connection)
      throws IOException {
    byte[] body = read(connection.getInputStream());
    try {
      List<X509Certificate> certificates = Pem.pkcs7(Base64.getMimeDecoder().decode(body));
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException("there is no certificate in it");
      }
      return certificates;
    } catch (IllegalArgumentException e) {
      throw new EstAnswerException(
          "the EST server's answer is not a certs-only PKCS#7 message with certificates", e);
    }
  }

  private void requireGood(HttpsURLConnection connection, int status) throws IOException {
    if (status == 200) {
      return;
    }
    String reason = reason(connection);
    if (status == 202 || status == 429 || status == 503) {
      throw new EstRetryLaterException(
          status,
          RetryAfter.parse(
                  connection.getHeaderField("Retry-After"), service.clock().instant())
              .orElse(DEFAULT_RETRY));
    }
    if (status >= 400 && status < 500) {
      throw new EstRefusedException(status, reason);
    }
    throw new EstException("the EST server answered " + status + ": " + reason);
  }

  private static String reason(HttpsURLConnection connection) throws IOException {
    InputStream errors = connection.getErrorStream();
    String text = errors == null ? "" : new String(read(errors), StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "no reason given" : Printable.of(text);
  }

  private static byte[] read(InputStream in) throws IOException {
    try (in) {
      byte[] bytes = in.readNBytes(LONGEST_ANSWER + 1);
      if (bytes.length > LONGEST_ANSWER) {
        throw new EstException("the EST server's answer is longer than 1 MiB");
      }
      return bytes;
    }
  }
}
