package io.mintmark.cli;

import io.mintmark.broker.MintmarkBroker;
import io.mintmark.simulators.fault.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker behind a proxy that is in its place, and lets connections go bad on purpose. */
final class MisbehavingBroker {

  private static final Logger LOG = LoggerFactory.getLogger("io.mintmark.broker.misbehave");

  private MisbehavingBroker() {}

  /**
   * Puts the proxy in its place.
   *
   * @param broker on any other port of the same address
   * @param bind the address to listen on
   * @param port 0 for any free one
   */
  static FaultProxy before(MintmarkBroker broker, String bind, int port, MisbehaveSpec spec)
      throws CommandFailure {
    FaultProxy proxy;
    try {
      InetAddress at = InetAddress.getByName(bind);
      proxy = FaultProxy.start(
          new InetSocketAddress(at, port),
          new InetSocketAddress(
              at.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : at, broker.port()),
          line -> LOG.info("misbehaving at MQTT {}", line));
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "cannot listen on port " + bind + ":" + port + " for MQTT (" + e.getMessage()
              + "): stop the process that uses it or choose another port with --mqtt-port");
    }
    long seed = spec.seed();
    for (MisbehaveSpec.Met met : spec.mqtt()) {
      // Held to the end of the process; seeds differ so that it is not always the same connections.
      proxy.apply(met.fault(), met.share(), seed++);
    }
    return proxy;
  }
}
