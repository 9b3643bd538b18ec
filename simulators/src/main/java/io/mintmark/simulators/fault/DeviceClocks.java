package io.mintmark.simulators.fault;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What time it is for each device of a fleet: the system's, until some are put wrong, and again when
 * that is over. Thread-safe.
 */
public final class DeviceClocks {

  private static final long MIX = 0x9E3779B97F4A7C15L;

  private record Wrong(Duration ahead, double share, long seed) {
    boolean meets(int device) {
      return new SplittableRandom(seed ^ (device * MIX)).nextDouble() < share;
    }
  }

  private final Clock system;
  private final List<Wrong> wrong = new CopyOnWriteArrayList<>();

  /** Clocks that agree with this one. */
  public DeviceClocks(Clock system) {
    this.system = system;
  }

  /** A device's. */
  public Clock of(int device) {
    return new DeviceClock(device);
  }

  /**
   * Puts clocks wrong from now on, as if somebody had set them; several add up.
   *
   * @param share of the devices, above 0 and at most 1
   * @param seed decides which
   * @return lifts it
   */
  public Applied skew(ClockSkew skew, double share, long seed) {
    Wrong begun = new Wrong(skew.ahead(system.instant()), share, seed);
    wrong.add(begun);
    return () -> wrong.remove(begun);
  }

  private final class DeviceClock extends Clock {
    private final int device;

    private DeviceClock(int device) {
      this.device = device;
    }

    @Override
    public Instant instant() {
      Instant told = system.instant();
      for (Wrong each : wrong) {
        if (each.meets(device)) {
          told = told.plus(each.ahead());
        }
      }
      return told;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("devices know no time zones");
    }
  }
}
