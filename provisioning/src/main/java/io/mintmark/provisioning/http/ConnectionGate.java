package io.mintmark.provisioning.http;

import io.mintmark.identity.RateLimiter;
import io.mintmark.provisioning.limits.ClientAddress;
import io.mintmark.provisioning.limits.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Who may connect to one port, decided before any TLS or HTTP: how often from an address, how many at once,
 * and how many with an unfinished handshake. A flood from few addresses costs an accept and a close
 * each, and takes no place from devices elsewhere. Thread-safe.
 *
 * <p>Jetty's own AcceptRateLimit and NetworkConnectionLimit stop accepting for everybody, which is
 * what a flood wants.
 */
final class ConnectionGate implements SelectorManager.AcceptListener, SslHandshakeListener {

  /** How many buckets are kept: some tens of bytes each. */
  static final int MOST_ADDRESSES = 100_000;

  private final Limits limits;
  private final boolean tls;
  private final Scheduler scheduler;
  private final CutLog log;
  private final RateLimiter<ClientAddress> rate;
  private final FairShare open;
  private final FairShare handshakes;
  private final Map<SelectableChannel, ClientConnection> connections = new ConcurrentHashMap<>();

  /**
   * @param tls whether a handshake comes before the first request
   */
  ConnectionGate(
      Limits limits, boolean tls, Scheduler scheduler, LongSupplier nanoTime, CutLog log) {
    this.limits = limits;
    this.tls = tls;
    this.scheduler = scheduler;
    this.log = log;
    rate = new RateLimiter<>(limits.rates().connections(), MOST_ADDRESSES, nanoTime);
    open = new FairShare(limits.connections().total(), limits.connections().perAddress());
    handshakes = new FairShare(limits.connections().handshakes(), Integer.MAX_VALUE);
  }

  /** Whether the connection may go on; else it is to be closed. */
  boolean admit(SocketChannel channel) {
    InetAddress from = channel.socket().getInetAddress();
    if (from == null) {
      return false;
    }
    ClientConnection newcomer = new ClientConnection(
        ClientAddress.of(from),
        limits.isExempt(from),
        channel,
        scheduler,
        reason -> log.cut(from.getHostAddress(), reason));
    if (!newcomer.isExempt() && rate.take(newcomer.address()) > 0) {
      log.cut(from.getHostAddress(), "connects too often");
      return false;
    }
    connections.put(channel, newcomer);
    if (!join(open, newcomer, "too many connections")
        || (tls && !join(handshakes, newcomer, "too many unfinished handshakes"))) {
      released(channel);
      log.cut(from.getHostAddress(), "too many connections or unfinished handshakes");
      return false;
    }
    if (tls) {
      newcomer.expect("no handshake", limits.timeouts().handshake());
    } else {
      awaitRequest(newcomer);
    }
    return true;
  }

  private static boolean join(FairShare share, ClientConnection newcomer, String reason) {
    ClientConnection gone = share.add(newcomer);
    if (gone != null && gone != newcomer) {
      gone.cut(reason);
    }
    return gone != newcomer;
  }

  /**
   * Jetty has taken an admitted connection.
   *
   * @throws IOException if it was cut before
   */
  void opened(SocketChannel channel, EndPoint endPoint) throws IOException {
    ClientConnection connection = connections.get(channel);
    if (connection == null) {
      throw new IOException("the connection was cut");
    }
    connection.opened(endPoint);
  }

  /** An admitted connection is closed. Repeating it changes nothing. */
  void released(SelectableChannel channel) {
    ClientConnection connection = connections.remove(channel);
    if (connection != null) {
      connection.ended();
      handshakes.remove(connection);
      open.remove(connection);
    }
  }

  @Override
  public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
    released(channel);
  }

  @Override
  public void onClosed(SelectableChannel channel) {
    released(channel);
  }

  @Override
  public void handshakeSucceeded(Event event) {
    ClientConnection connection = of(event.getEndPoint());
    if (connection != null) {
      handshakes.remove(connection);
      awaitRequest(connection);
    }
  }

  /** Expects the next request. */
  void awaitRequest(ClientConnection connection) {
    connection.expect("no whole request", requestTime());
  }

  /** What a request has to be there in, whole. */
  Duration requestTime() {
    return limits.timeouts().request();
  }

  /** The connection a request came by; null if it is gone by now. */
  ClientConnection of(Request request) {
    return of(request.getConnectionMetaData().getConnection().getEndPoint());
  }

  private ClientConnection of(EndPoint endPoint) {
    EndPoint raw = endPoint instanceof SslConnection.SslEndPoint decrypted
        ? decrypted.getSslConnection().getEndPoint()
        : endPoint;
    return raw.getTransport() instanceof SocketChannel channel ? connections.get(channel) : null;
  }
}
