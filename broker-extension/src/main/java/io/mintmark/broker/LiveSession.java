package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import io.mintmark.identity.Identity;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * One connection and the certificate it rests on. It may be cut at any moment from the CONNECT on,
 * and never comes back from that. Thread-safe.
 */
final class LiveSession {

  private final long number;
  private final String clientId;
  private final Presented presented;
  private final InetAddress address;

  /** HiveMQ's own object, asked at each PUBLISH and SUBSCRIBE of this connection. */
  private final ModifiableDefaultPermissions permissions;

  private final SessionPolicy policy = new SessionPolicy();
  private final long sinceNanos = System.nanoTime();
  private volatile int keepAlive;
  private volatile String end;

  private boolean cut;
  private Refusal cutReason;
  private long cutAtNanos;

  LiveSession(
      long number,
      String clientId,
      Presented presented,
      InetAddress address,
      ModifiableDefaultPermissions permissions) {
    this.number = number;
    this.clientId = clientId;
    this.presented = presented;
    this.address = address;
    this.permissions = permissions;
  }

  /** Tells this connection from every other one this broker has had since its start. */
  long number() {
    return number;
  }

  String clientId() {
    return clientId;
  }

  Identity identity() {
    return presented.identity();
  }

  /** The certificate's serial number, lower-case hex. */
  String serial() {
    return presented.serial();
  }

  /** The CAs its certificate rests on, as of {@link ChainCheck}. */
  List<String> issuers() {
    return presented.issuers();
  }

  /** The last moment of its certificate. */
  Instant notAfter() {
    return presented.notAfter();
  }

  /** Where it came from; null if that is not known. */
  String address() {
    return address == null ? null : address.getHostAddress();
  }

  /** What it is granted, beside what HiveMQ was told. */
  SessionPolicy policy() {
    return policy;
  }

  /**
   * Changes its permissions; a cut never comes in between.
   *
   * @return false, and nothing is changed, if it was cut
   */
  synchronized boolean unlessCut(Consumer<ModifiableDefaultPermissions> change) {
    if (cut) {
      return false;
    }
    change.accept(permissions);
    return true;
  }

  /** {@link System#nanoTime} of its CONNECT. */
  long sinceNanos() {
    return sinceNanos;
  }

  /** How many seconds it may be silent for; 0 for any. */
  int keepAlive() {
    return keepAlive;
  }

  void keepAlive(int seconds) {
    keepAlive = seconds;
  }

  /** How it ended, one word; null as long as it has not. */
  String end() {
    return end;
  }

  void end(String how) {
    end = how;
  }

  /**
   * Grants it its permissions.
   *
   * @return false, and nothing is granted, if it was cut while it was connecting
   */
  synchronized boolean admit(Collection<TopicPermission> granted) {
    if (cut) {
      return false;
    }
    permissions.addAll(granted);
    return true;
  }

  /**
   * Takes every permission away. From now on nothing it publishes is delivered, even if the
   * disconnect that follows takes its time (a client that does not read is not gone before TCP gives
   * it up).
   *
   * @return false if it was cut before
   */
  synchronized boolean cut(Refusal reason, long nowNanos) {
    if (cut) {
      return false;
    }
    cut = true;
    cutReason = reason;
    cutAtNanos = nowNanos;
    permissions.clear();
    permissions.setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
    return true;
  }

  synchronized boolean isCut() {
    return cut;
  }

  /** Why it was cut; null if it was not. */
  synchronized Refusal cutReason() {
    return cutReason;
  }

  /** {@link System#nanoTime} of the cut. */
  synchronized long cutAtNanos() {
    return cutAtNanos;
  }
}
