package io.mintmark.broker;

import io.mintmark.identity.TrustDomain;
import java.time.Clock;

/**
 * Does what a CONNECT does often enough for the JVM to have compiled it, before the port opens: a
 * broker that has just started meets all its devices at once.
 */
interface WarmUp {

  /** For where the broker's inside is not ours, and where nobody waits. */
  WarmUp NONE = (trustDomain, clock) -> {};

  /**
   * Runs while the extension starts, before it has registered who decides about real connections.
   * Whatever fails is logged and leaves the broker cold, nothing else.
   *
   * @param trustDomain the installation's
   */
  void run(TrustDomain trustDomain, Clock clock) throws InterruptedException;
}
