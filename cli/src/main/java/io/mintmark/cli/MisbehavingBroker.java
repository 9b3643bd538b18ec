package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.MintmarkBroker;
import io.mintmark.simulators.fault.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker behind proxies that are in its place, for MQTT and for MQTT over WebSocket, and let
 * connections go bad on purpose.
 *
 * @param mqtt before its port of MQTT
 * @param webSocket before that of MQTT over WebSocket; null if there is none
 */
record MisbehavingBroker(FaultProxy mqtt, FaultProxy webSocket) implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger("io.mintmark.broker.misbehave");

  /** Has a broker listen anywhere else: the proxies take its place. */
  static void giveWay(BrokerConfig.Builder broker, int websocketPort) {
    broker.port(0).websocketPort(Math.min(websocketPort, 0));
  }

  /**
   * Puts the proxies in its place.
   *
   * @param broker on any other ports of the same address
   * @param bind the address to listen on
   * @param port 0 for any free one
   * @param websocketPort likewise, if the broker has one
   */
  static MisbehavingBroker before(
      MintmarkBroker broker, String bind, int port, int websocketPort, MisbehaveSpec spec)
      throws CommandFailure {
    FaultProxy mqtt = proxy(broker.port(), bind, port, "MQTT", "--mqtt-port", spec);
    OptionalInt websocket = broker.websocketPort();
    if (websocket.isEmpty()) {
      return new MisbehavingBroker(mqtt, null);
    }
    try {
      return new MisbehavingBroker(
          mqtt,
          proxy(websocket.getAsInt(), bind, websocketPort, "WebSocket", "--websocket-port", spec));
    } catch (CommandFailure e) {
      mqtt.close();
      throw e;
    }
  }

  private static FaultProxy proxy(
      int broker, String bind, int port, String what, String option, MisbehaveSpec spec)
      throws CommandFailure {
    FaultProxy proxy;
    try {
      InetAddress at = InetAddress.getByName(bind);
      proxy = FaultProxy.start(
          new InetSocketAddress(at, port),
          new InetSocketAddress(
              at.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : at, broker),
          line -> LOG.info("misbehaving at {} {}", what, line));
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "cannot listen on port " + bind + ":" + port + " for " + what + " (" + e.getMessage()
              + "): stop the process that uses it or choose another port with " + option);
    }
    long seed = spec.seed();
    for (MisbehaveSpec.Met met : spec.mqtt()) {
      // Held to the end of the process; seeds differ so that it is not always the same connections.
      proxy.apply(met.fault(), met.share(), seed++);
    }
    return proxy;
  }

  /** Where devices find MQTT. */
  int port() {
    return mqtt.port();
  }

  /** Where they find MQTT over WebSocket, if there is that. */
  OptionalInt websocketPort() {
    return webSocket == null ? OptionalInt.empty() : OptionalInt.of(webSocket.port());
  }

  @Override
  public void close() {
    mqtt.close();
    if (webSocket != null) {
      webSocket.close();
    }
  }
}
