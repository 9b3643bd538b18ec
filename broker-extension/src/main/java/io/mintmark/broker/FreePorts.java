package io.mintmark.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks whether the broker's ports can be opened, because HiveMQ only says that they could not. */
final class FreePorts {

  private FreePorts() {}

  /**
   * Opens and closes each.
   *
   * @throws BrokerStartException naming the one that cannot be opened, and why
   */
  static void require(BrokerConfig config) throws BrokerStartException {
    require("", config.bindAddress(), config.port());
    if (config.hasWebsocket()) {
      require("WebSocket ", config.bindAddress(), config.websocketPort());
      requireOthers("MQTT and WebSocket", config.port(), config.websocketPort());
    }
    if (config.hasMetrics()) {
      require("metrics ", config.metricsAddress(), config.metricsPort());
      requireOthers("MQTT and the metrics", config.port(), config.metricsPort());
      requireOthers("WebSocket and the metrics", config.websocketPort(), config.metricsPort());
    }
  }

  private static void requireOthers(String who, int one, int other) throws BrokerStartException {
    if (one == other && one > 0) {
      throw new BrokerStartException(
          who + " cannot both listen on port " + one + "; choose another for one of them");
    }
  }

  private static void require(String what, String host, int port) throws BrokerStartException {
    if (port < 0 || port > 65_535) {
      throw new BrokerStartException(what + "port " + port + " is not one of 0 to 65535");
    }
    InetSocketAddress address;
    try {
      address = new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (IOException e) {
      throw new BrokerStartException("bind address '" + host + "' is not known on this machine", e);
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw new BrokerStartException(
          "cannot listen on "
              + what
              + "port "
              + port
              + " of "
              + host
              + ": "
              + e.getMessage()
              + "; stop what uses it, or choose another port",
          e);
    }
  }
}
