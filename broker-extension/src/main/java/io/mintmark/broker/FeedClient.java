package io.mintmark.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.mintmark.identity.Credential;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import java.io.IOException;
import java.io.InputStream;
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
 * Asks the provisioning service for pages of the feed, over mutual TLS with the broker's credential.
 * {@link #page} is used by one thread, the rest by any.
 */
final class FeedClient implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SLACK = Duration.ofSeconds(10);
  private static final int LONGEST_PAGE = 8 << 20;
  private static final int LONGEST_REASON = 4096;

  private final String feed;
  private Credential credential;
  private Collection<X509Certificate> anchors;

  /** One factory for as long as nothing changes: connections are kept alive per factory. */
  private SSLSocketFactory sockets;

  private volatile List<X509Certificate> service = List.of();
  private volatile HttpsURLConnection inFlight;
  private volatile boolean closed;

  FeedClient(URI service, Credential credential, Collection<X509Certificate> trustAnchors) {
    this.feed = service.toString().replaceAll("/+$", "") + "/v1/feed";
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
   * @param wait how long the service may park the request until there is something to say
   * @throws FeedBehindException if the feed ends before that sequence
   * @throws IOException if the service was not reached, refused, or answered what is no page
   */
  FeedPage page(long after, Duration wait) throws IOException {
    URL url = new URL(feed + "?after=" + after + "&wait=" + wait.toSeconds());
    HttpsURLConnection connection = (HttpsURLConnection) url.openConnection();
    connection.setSSLSocketFactory(sockets());
    connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    connection.setReadTimeout((int) wait.plus(SLACK).toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept", "application/json");
    inFlight = connection;
    try {
      if (closed) {
        throw new IOException("the broker is stopping");
      }
      return answer(connection, after);
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
    InputStream errors = connection.getErrorStream();
    String reason = errors == null
        ? ""
        : new String(read(errors, LONGEST_REASON), StandardCharsets.UTF_8).strip();
    if (status == 409) {
      throw new FeedBehindException(
          "it ends before " + after + ", the place already read (" + Printable.of(reason) + ")");
    }
    throw new IOException("the service answered " + status + ": " + Printable.of(reason));
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
