package io.mintmark.cli;

import io.mintmark.simulators.MeasuredBroker;
import io.mintmark.simulators.ProcessCpu;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A broker as a child of this process, on a port of the loopback interface. */
abstract class BrokerChild implements MeasuredBroker, AutoCloseable {

  private final ChildProcess child;
  private final Facts facts;
  private final int port;
  private final Duration startedIn;

  BrokerChild(ChildProcess child, Facts facts, int port, Duration startedIn) {
    this.child = child;
    this.facts = facts;
    this.port = port;
    this.startedIn = startedIn;
  }

  @Override
  public final Facts facts() {
    return facts;
  }

  @Override
  public final InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public final ProcessHandle process() {
    return child.handle();
  }

  @Override
  public final Duration startedIn() {
    return startedIn;
  }

  @Override
  public final Duration cpuTime() throws IOException {
    return ProcessCpu.of(child.handle());
  }

  /** Ends it at once: a measured broker keeps nothing. */
  @Override
  public void close() {
    child.kill();
  }
}
