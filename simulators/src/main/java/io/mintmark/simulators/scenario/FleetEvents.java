package io.mintmark.simulators.scenario;

import io.mintmark.simulators.fleet.FleetEngine;
import io.mintmark.simulators.fleet.FleetEngine.Listener;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Hands what a fleet's engine tells to whoever wants to hear it, and knows which devices are there: those
 * that a phase has connected and none has sent away. Thread-safe.
 */
public final class FleetEvents implements Listener {

  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final BitSet present = new BitSet();
  private final BitSet taken = new BitSet();

  /** Hears an engine from now on. */
  public static FleetEvents of(FleetEngine fleet) {
    FleetEvents events = new FleetEvents();
    fleet.listener(events);
    return events;
  }

  /** Tells this one, too. */
  public void add(Listener listener) {
    listeners.add(listener);
  }

  /** Tells this one no more. */
  public void remove(Listener listener) {
    listeners.remove(listener);
  }

  /** The device is to be connected from now on, or is not. */
  public void present(int device, boolean there) {
    synchronized (present) {
      present.set(device, there);
    }
  }

  /** Whether the device is to be connected. */
  public boolean isPresent(int device) {
    synchronized (present) {
      return present.get(device);
    }
  }

  /** The devices that are to be connected, in order. */
  public int[] present() {
    synchronized (present) {
      return present.stream().toArray();
    }
  }

  /** The first device at or after this one, round the fleet, that is to be connected; -1 if none is. */
  public int nextPresent(int from) {
    synchronized (present) {
      int next = present.nextSetBit(from);
      return next >= 0 ? next : present.nextSetBit(0);
    }
  }

  /**
   * Keeps a device from being taken by somebody else who would move its connection.
   *
   * @return whether it was free, and is to be connected
   */
  public boolean take(int device) {
    synchronized (present) {
      if (!present.get(device) || taken.get(device)) {
        return false;
      }
      taken.set(device);
      return true;
    }
  }

  /** Takes the first that is free at or after this one, round the fleet; -1 if none is. */
  public int takeNext(int from) {
    synchronized (present) {
      int start = nextPresent(from);
      for (int device = start; device >= 0; ) {
        if (take(device)) {
          return device;
        }
        device = nextPresent(device + 1);
        if (device == start) {
          return -1;
        }
      }
      return -1;
    }
  }

  /** Lets others take it. */
  public void free(int device) {
    synchronized (present) {
      taken.clear(device);
    }
  }

  @Override
  public void lost(int device, String reason) {
    listeners.forEach(each -> each.lost(device, reason));
  }

  @Override
  public void returned(int device, Duration away) {
    listeners.forEach(each -> each.returned(device, away));
  }

  @Override
  public void message(int device, String topic, byte[] payload) {
    listeners.forEach(each -> each.message(device, topic, payload));
  }
}
