package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections of this broker, from the middle of their CONNECT to their end. Thread-safe.
 *
 * <p>Kept by connection and not by client id: during a takeover two connections have the same, and
 * neither the end of the older nor the refusal of the newer may forget the other.
 */
final class LiveSessions {

  private final AtomicLong numbers = new AtomicLong();
  private final ConcurrentMap<Long, LiveSession> byNumber = new ConcurrentHashMap<>();

  /**
   * No certificate here ends before, in seconds of the epoch; so there is nothing to look for until
   * then. May be too early: a connection that has ended does not raise it.
   */
  private final AtomicLong earliestEnd = new AtomicLong(Long.MAX_VALUE);

  /** Of each client id the connection admitted last. */
  private final ConcurrentMap<String, LiveSession> newest = new ConcurrentHashMap<>();

  /**
   * Registers a connection that is not admitted yet. Only then may the denials be read, so that a
   * denial arriving at this moment either is read by the CONNECT or finds the session here.
   */
  LiveSession register(
      String clientId,
      Presented presented,
      InetAddress address,
      ModifiableDefaultPermissions permissions) {
    LiveSession session =
        new LiveSession(numbers.incrementAndGet(), clientId, presented, address, permissions);
    byNumber.put(session.number(), session);
    // After it is there: a search that does not see it has set the earliest end before.
    lowerEarliestEnd(session.notAfter().getEpochSecond());
    return session;
  }

  /**
   * Those whose certificate has ended. Costs nothing while there can be none, else a look at each; so
   * it may be asked often, and whatever became of the clock meanwhile does not matter.
   */
  List<LiveSession> ended(Instant now) {
    if (now.getEpochSecond() < earliestEnd.get()) {
      return List.of();
    }
    earliestEnd.set(Long.MAX_VALUE);
    List<LiveSession> ended = new ArrayList<>();
    long earliest = Long.MAX_VALUE;
    for (LiveSession session : byNumber.values()) {
      if (now.isAfter(session.notAfter())) {
        ended.add(session);
      } else {
        earliest = Math.min(earliest, session.notAfter().getEpochSecond());
      }
    }
    lowerEarliestEnd(earliest);
    return ended;
  }

  private void lowerEarliestEnd(long second) {
    if (second < earliestEnd.get()) {
      earliestEnd.accumulateAndGet(second, Math::min);
    }
  }

  /**
   * Lets it in.
   *
   * @return false if it was cut since it was registered
   */
  boolean admit(LiveSession session, Collection<TopicPermission> granted) {
    if (!session.admit(granted)) {
      return false;
    }
    newest.put(session.clientId(), session);
    return true;
  }

  /** Forgets a connection that was refused or has ended. */
  void remove(LiveSession session) {
    byNumber.remove(session.number());
    newest.remove(session.clientId(), session);
  }

  /** The connection of this number; null if it has ended. */
  LiveSession get(long number) {
    return byNumber.get(number);
  }

  /** Whether it has not ended yet. */
  boolean contains(LiveSession session) {
    return byNumber.containsKey(session.number());
  }

  /** Whether a later connection with the same client id is in and may stay. */
  boolean isSuperseded(LiveSession session) {
    LiveSession latest = newest.get(session.clientId());
    return latest != null && latest != session && !latest.isCut();
  }

  /** The connection of a client id that was admitted last and has not ended; null if there is none. */
  LiveSession newest(String clientId) {
    return newest.get(clientId);
  }

  /** How many there are, those among them whose CONNECT is not answered yet. */
  int count() {
    return byNumber.size();
  }

  /** All of them, weakly consistent: one registered before the call is among them. */
  Collection<LiveSession> all() {
    return byNumber.values();
  }
}
