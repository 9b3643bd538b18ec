package io.mintmark.identity;

import java.io.IOException;
import java.net.URI;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * How the service is asked: one request on a connection of its own, by whichever of the service's
 * addresses answers, and with an ear for its Date. Immutable and thread-safe.
 *
 * @param tls shows who asks and trusts the service's root
 * @param clock the time of day
 * @param connectTimeout for each address, at least 1 ms
 * @param readTimeout for each read, at least 1 ms; for all of them together, handshake included,
 *     three times that
 * @param dates hears the Date of each answer
 */
record ServiceConnection(
    SSLContext tls, Clock clock, Duration connectTimeout, Duration readTimeout, ServerDates dates) {

  /** A handshake, the wait for an answer, and the answer. */
  private static final int READS = 3;

  /** One that is not open yet; whoever asked for it disconnects it. */
  HttpsURLConnection to(URI uri) throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
    SSLSocketFactory sockets = tls.getSocketFactory();
    AnyAddressFactory anyAddress =
        sockets instanceof AnyAddressFactory known ? known : new AnyAddressFactory(sockets);
    connection.setSSLSocketFactory(anyAddress.limited(readTimeout.multipliedBy(READS)));
    connection.setConnectTimeout(Math.toIntExact(connectTimeout.toMillis()));
    connection.setReadTimeout(Math.toIntExact(readTimeout.toMillis()));
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    // Closed after one answer: a kept connection would speak for the credential before.
    connection.setRequestProperty("Connection", "close");
    return connection;
  }

  /**
   * The answer's status.
   *
   * @param asked when the request was begun, by {@link #clock}
   */
  int status(HttpsURLConnection connection, Instant asked) throws IOException {
    connection.connect();
    // An answer without a body takes the connection with it.
    Certificate[] shown = connection.getServerCertificates();
    int status = connection.getResponseCode();
    long said = connection.getHeaderFieldDate("Date", 0);
    if (said > 0) {
      dates.heard(Instant.ofEpochMilli(said), asked, x509(shown));
    }
    return status;
  }

  private static List<X509Certificate> x509(Certificate[] chain) {
    return Stream.of(chain).map(X509Certificate.class::cast).toList();
  }
}
