package io.mintmark.simulators.fault;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** One end of a connection through the proxy, and what is waited for on it. For the loop alone. */
final class Side {

  private final SocketChannel channel;
  private final SelectionKey key;

  /** A channel that is watched for these operations; {@code ready} runs when one is possible. */
  Side(EventLoop loop, SocketChannel channel, int operations, Runnable ready) throws IOException {
    this.channel = channel;
    this.key = loop.watch(channel, operations, ready);
  }

  SocketChannel channel() {
    return channel;
  }

  /** Watches for an operation, or does not any more. */
  void want(int operation, boolean wanted) {
    if (key.isValid()) {
      key.interestOps(wanted ? key.interestOps() | operation : key.interestOps() & ~operation);
    }
  }

  /** Whether an operation is possible now. */
  boolean can(int operation) {
    return key.isValid() && (key.readyOps() & operation) != 0;
  }

  /** Ends it in order. */
  void close() {
    closeQuietly(channel);
  }

  /** Ends it as a machine that does not know it: RST. */
  void reset() {
    resetQuietly(channel);
  }

  static void resetQuietly(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // It is closed already.
    }
    closeQuietly(channel);
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Then it is closed.
    }
  }
}
