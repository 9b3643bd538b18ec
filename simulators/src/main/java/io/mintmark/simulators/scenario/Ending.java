package io.mintmark.simulators.scenario;

import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what goes on in the background. */
final class Ending {

  private Ending() {}

  /** Returns when all but the caller have arrived, or {@link Wave#PATIENCE} has passed. */
  static void await(Phaser running) throws InterruptedException {
    try {
      running.awaitAdvanceInterruptibly(
          running.arrive(), Wave.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // What has not come by now shows in the figures: neither done nor failed.
    }
  }
}
