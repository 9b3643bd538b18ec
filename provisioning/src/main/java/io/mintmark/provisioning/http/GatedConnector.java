package io.mintmark.provisioning.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;

/** Jetty's connector with a {@link ConnectionGate} in front. Thread-safe. */
final class GatedConnector extends ServerConnector {

  /** How many connections the operating system keeps for us while we are busy, if it may. */
  private static final int BACKLOG = 1024;

  private final ConnectionGate gate;

  GatedConnector(
      Server server, Scheduler scheduler, ConnectionGate gate, ConnectionFactory... factories) {
    super(server, null, scheduler, null, -1, -1, factories);
    this.gate = gate;
    addBean(gate);
    setAcceptQueueSize(BACKLOG);
  }

  @Override
  public void accept(int acceptor) throws IOException {
    if (!(getTransport() instanceof ServerSocketChannel listening) || !listening.isOpen()) {
      return;
    }
    SocketChannel channel = listening.accept();
    if (!gate.admit(channel)) {
      // A reset: the kernel need not remember the connection for minutes, as it does a closed one.
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.close();
      return;
    }
    try {
      channel.configureBlocking(false);
      configure(channel.socket());
      getSelectorManager().accept(channel);
    } catch (IOException | RuntimeException e) {
      ClientConnection.closeQuietly(channel);
      gate.released(channel);
      throw e;
    }
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) throws IOException {
    SocketChannelEndPoint endPoint = super.newEndPoint(channel, selector, key);
    gate.opened(channel, endPoint);
    return endPoint;
  }
}
