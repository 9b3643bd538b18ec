package io.mintmark.simulators;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * Many TLS connections on one thread, the caller's: what plays the devices should cost less than
 * what they load. Nothing happens but in {@link #turn}. Not thread-safe.
 */
final class LoadLoop implements AutoCloseable {

  private static final int BUFFER = 64 * 1024;
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** The one every implementation has (RFC 8446, section 9.1), so that all servers do the same. */
  private static final String[] SUITES = {"TLS_AES_128_GCM_SHA256"};

  /** Of one moment's work, shared by all links. */
  final ByteBuffer in = ByteBuffer.allocate(BUFFER);

  final ByteBuffer plain = ByteBuffer.allocate(BUFFER);
  final ByteBuffer out = ByteBuffer.allocate(BUFFER);

  private final Selector selector;
  private final SourceAddresses sources = new SourceAddresses();

  LoadLoop() throws IOException {
    selector = Selector.open();
  }

  /**
   * Begins a connection with a full handshake of TLS 1.3: its engine knows no name for the other
   * side, and so neither keeps nor offers a session. What becomes of it the owner hears, never
   * before the next {@link #turn}.
   *
   * @throws IOException if this machine cannot open another socket
   */
  TlsLink connect(InetSocketAddress address, SSLContext tls, TlsLink.Owner owner)
      throws IOException {
    SSLEngine engine = tls.createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setCipherSuites(SUITES);
    engine.setSSLParameters(parameters);
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.bind(sources.next(address));
    TlsLink link = new TlsLink(this, channel, engine, owner);
    // A connection that is there at once is writable at once, too.
    channel.connect(address);
    link.key(channel.register(
        selector, channel.isConnected() ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, link));
    return link;
  }

  /**
   * Waits for something to happen and deals with it.
   *
   * @param longestMillis above 0
   * @return whether anything happened
   */
  boolean turn(long longestMillis) throws IOException {
    return selector.select(key -> ((TlsLink) key.attachment()).ready(), longestMillis) > 0;
  }

  /** Drops every connection; no owner hears of it. */
  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
