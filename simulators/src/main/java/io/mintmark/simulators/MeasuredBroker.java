package io.mintmark.simulators;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A broker in a process of its own, so that its processor time can be told. */
public interface MeasuredBroker {

  /**
   * What it is.
   *
   * @param software name and version
   * @param crypto what does its cryptography
   * @param core the one processor it runs on; null if it was not held to one
   */
  record Facts(String software, String crypto, Integer core) {}

  /** What it runs on. */
  Facts facts();

  /** Where it listens for MQTT over mutual TLS. */
  InetSocketAddress address();

  /** Its process. */
  ProcessHandle process();

  /** How long it took from the start of its process to the open port. */
  Duration startedIn();

  /** Whether it gets faster while it runs, as what Java compiles does. */
  boolean getsWarm();

  /** The processor time its process has used since it started, all threads. */
  Duration cpuTime() throws IOException;
}
