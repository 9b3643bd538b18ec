package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/** A device's session and when it ended. Thread-safe once it is connected. */
final class WatchedSession implements LoadSession.Listener {

  private final LoadSession session;
  private long due;
  private long dueMicros;
  private OptionalLong answered = OptionalLong.empty();
  private OptionalLong ended = OptionalLong.empty();

  private WatchedSession(LoadDevice device) {
    this.session = new LoadSession(device, this);
  }

  /**
   * Connects a device each; those that are refused are among the result, and not open.
   *
   * @throws IOException as of {@link LoadSession#connect}
   */
  static List<WatchedSession> connect(
      LoadLoop loop, InetSocketAddress broker, List<LoadDevice> devices, Progress progress)
      throws IOException {
    List<WatchedSession> all = devices.stream().map(WatchedSession::new).toList();
    LoadSession.connect(loop, broker, all.stream().map(s -> s.session).toList(), progress);
    return all;
  }

  LoadDevice device() {
    return session.device();
  }

  DeviceId id() {
    return new DeviceId(device().clientId());
  }

  boolean isOpen() {
    return session.isOpen();
  }

  /** Why it was not let in; null if it was. */
  String refusal() {
    return session.refusal();
  }

  /** From now on its end is waited for. */
  synchronized void due(long nanos, long micros) {
    due = nanos;
    dueMicros = micros;
  }

  /** When its revocation was due, in microseconds since 1970. */
  synchronized long due() {
    return dueMicros;
  }

  synchronized void answer(long nanos) {
    answered = OptionalLong.of(micros(nanos));
  }

  @Override
  public synchronized void ended(LoadSession over) {
    ended = OptionalLong.of(micros(System.nanoTime()));
  }

  private long micros(long nanos) {
    return (nanos - due) / 1_000;
  }

  /** Microseconds until the operator had his answer; empty before that. */
  synchronized OptionalLong answered() {
    return answered;
  }

  /** Microseconds until the connection ended; empty before that. */
  synchronized OptionalLong ended() {
    return ended;
  }

  /** What one of the times came to over all that have it. */
  static Latency latency(List<WatchedSession> all, Function<WatchedSession, OptionalLong> time) {
    Latency.Recorder recorder = new Latency.Recorder();
    all.forEach(s -> time.apply(s).ifPresent(recorder::record));
    return recorder.summary();
  }
}
