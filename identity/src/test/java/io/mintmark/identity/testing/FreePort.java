package io.mintmark.identity.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for those who have to name one before they listen, or to come back to it. */
public final class FreePort {

  private static final int LOWEST = 10_000;
  private static final int COUNT = 20_000;

  private FreePort() {}

  /**
   * A port of this host on which nobody listens. Below those that outgoing connections get: of these
   * anybody's may be given out at any moment, and a client that tries one on which nobody listens can
   * be connected to itself.
   *
   * @throws IOException if none was found
   */
  public static int find() throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = LOWEST + ThreadLocalRandom.current().nextInt(COUNT);
      try (ServerSocket everywhere = new ServerSocket(port)) {
        return everywhere.getLocalPort();
      } catch (IOException e) {
        // Taken: the next one.
      }
    }
    throw new IOException("no free port from 10000 to 29999 in 100 attempts");
  }
}
