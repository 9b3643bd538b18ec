package io.mintmark.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.mintmark.identity.Credential;
import io.mintmark.identity.FeedMemory;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.SessionReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks the provisioning service for pages of the feed and tells it of sessions, over mutual TLS with
 * the broker's credential.
 * {@link #page} is used by one thread, the rest by any.
 */
final class FeedClient implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SLACK = Duration.ofSeconds(10);
  private static final int LONGEST_PAGE = 8 << 20;
  private static final int LONGEST_REASON = 4096;

  private final String feed;
  private final String sessions;
  private Credential credential;
  private Collection<X509Certificate> anchors;

  /** One factory for as long as nothing changes: connections are kept alive per factory. */
  private SSLSocketFactory sockets;

  private volatile List<X509Certificate> service = List.of();
  private volatile HttpsURLConnection inFlight;
  private volatile boolean closed;

  FeedClient(URI service, Credential credential, Collection<X509Certificate> trustAnchors) {
    String base = service.toString().replaceAll("/+$", "");
    this.feed = base + "/v1/feed";
    this.sessions = base + "/v1/sessions";
    this.credential = credential;
    trust(trustAnchors);
  }

  /** From the next request on the service's chain must end in one of these. */
  synchronized void trust(Collection<X509Certificate> trustAnchors) {
    anchors = List.copyOf(trustAnchors);
    reconnect();
  }

  /** From the next request on the broker shows this; one that waits goes on as it is. */
  synchronized void use(Credential next) {
    credential = next;
    reconnect();
  }

  /** The next request goes over a connection of its own, and meets the service as it is then. */
  synchronized void reconnect() {
    sockets = credential.tlsContext(anchors).getSocketFactory();
  }

  private synchronized SSLSocketFactory sockets() {
    return sockets;
  }

  /** What the service showed on the connection of the last answer, leaf first. */
  List<X509Certificate> service() {
    return service;
  }

  /**
   * The page after a sequence.
   *
   * @param placeOrNull what the service called that place, if it did
   * @param wait how long the service may park the request until there is something to say
   * @throws FeedBehindException if the feed ends before that sequence, or that place is not of it
   * @throws MemoryWantedException if the service wants to be told first what the broker remembers
   * @throws IOException if the service was not reached, refused, or answered what is no page
   */
  FeedPage page(long after, String placeOrNull, Duration wait) throws IOException {
    String place = placeOrNull == null ? "" : "&place=" + placeOrNull;
    HttpsURLConnection connection =
        open(feed + "?after=" + after + "&wait=" + wait.toSeconds() + place, wait);
    return exchange(connection, () -> answer(connection, after));
  }

  /**
   * Tells the service a part of what the broker remembers.
   *
   * @throws IOException if the service was not reached, or refused
   */
  void tell(FeedMemory part) throws IOException {
    HttpsURLConnection connection = open(feed + "/memory", Duration.ZERO);
    byte[] json = FeedJson.MAPPER.writeValueAsBytes(part);
    exchange(connection, () -> {
      connection.setRequestMethod("POST");
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(json.length);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(json);
      }
      int status = connection.getResponseCode();
      if (status != 200) {
        throw refused(status, reason(connection));
      }
      return read(connection.getInputStream(), LONGEST_REASON);
    });
  }

  /**
   * Tells the service of connections.
   *
   * @param timeout how long it may take
   * @throws UselessReportException if the service will never take this report
   * @throws IOException if the service was not reached, or refused
   */
  SessionReport.Answer report(SessionReport report, Duration timeout) throws IOException {
    HttpsURLConnection connection = open(sessions, Duration.ZERO);
    connection.setConnectTimeout((int) Math.min(timeout.toMillis(), CONNECT_TIMEOUT.toMillis()));
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    // Kept for a second attempt on a connection of its own: the one there is may be over. Twice is
    // as good as once.
    try (OutputStream out = connection.getOutputStream()) {
      out.write(FeedJson.MAPPER.writeValueAsBytes(report));
    }
    int status = connection.getResponseCode();
    if (status == 400 || status == 413) {
      throw new UselessReportException(reason(connection));
    }
    if (status != 200) {
      throw refused(status, reason(connection));
    }
    List<X509Certificate> unused = service(connection);
    return FeedJson.MAPPER.readValue(
        read(connection.getInputStream(), LONGEST_REASON), SessionReport.Answer.class);
  }

  /** What is done with a connection. */
  @FunctionalInterface
  private interface Exchange<T> {
    T with() throws IOException;
  }

  private HttpsURLConnection open(String url, Duration wait) throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) new URL(url).openConnection();
    connection.setSSLSocketFactory(sockets());
    connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    connection.setReadTimeout((int) wait.plus(SLACK).toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept", "application/json");
    return connection;
  }

  private <T> T exchange(HttpsURLConnection connection, Exchange<T> exchange) throws IOException {
    inFlight = connection;
    try {
      if (closed) {
        throw new IOException("the broker is stopping");
      }
      return exchange.with();
    } finally {
      inFlight = null;
    }
  }

  private FeedPage answer(HttpsURLConnection connection, long after) throws IOException {
    int status = connection.getResponseCode();
    service = service(connection);
    if (status == 200) {
      return page(read(connection.getInputStream(), LONGEST_PAGE));
    }
    String reason = reason(connection);
    if (status == 409) {
      throw new FeedBehindException(
          "it ends before " + after + ", the place already read (" + reason + ")");
    }
    if (status == 428) {
      throw new MemoryWantedException(reason);
    }
    throw refused(status, reason);
  }

  private static String reason(HttpsURLConnection connection) throws IOException {
    InputStream errors = connection.getErrorStream();
    return errors == null
        ? ""
        : Printable.of(new String(read(errors, LONGEST_REASON), StandardCharsets.UTF_8).strip());
  }

  private static IOException refused(int status, String reason) {
    return new IOException("the service answered " + status + ": " + reason);
  }

  /** The host's name is not enough: a broker on the same host has a certificate for it too. */
  private static List<X509Certificate> service(HttpsURLConnection connection) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : connection.getServerCertificates()) {
      chain.add((X509Certificate) certificate);
    }
    Identity somebody;
    try {
      somebody = Identity.of(chain.get(0));
    } catch (IllegalArgumentException e) {
      return List.copyOf(chain);
    }
    throw new IOException("the answer is by " + somebody + ", which is not the service");
  }

  private static FeedPage page(byte[] json) throws IOException {
    try {
      FeedPage page = FeedJson.MAPPER.readValue(json, FeedPage.class);
      if (page == null || page.feedId() == null || page.trustDomain() == null) {
        throw new IOException("the service's answer is no page of the feed");
      }
      return page;
    } catch (JsonProcessingException e) {
      throw new IOException(
          "the service's answer is not readable, it may be newer than this broker: "
              + Printable.of(e.getOriginalMessage()),
          e);
    }
  }

  private static byte[] read(InputStream in, int longest) throws IOException {
    try (in) {
      byte[] bytes = in.readNBytes(longest + 1);
      if (bytes.length > longest) {
        throw new IOException("the service's answer is longer than " + longest + " bytes");
      }
      return bytes;
    }
  }

  /** Gives up the request that waits, and every later one. */
  @Override
  public void close() {
    closed = true;
    HttpsURLConnection connection = inFlight;
    if (connection != null) {
      connection.disconnect();
    }
  }
}
