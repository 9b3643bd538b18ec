package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import io.mintmark.identity.Identity;
import java.util.Collection;
import java.util.List;

/**
 * One connection and the certificate it rests on. It may be cut at any moment from the CONNECT on,
 * and never comes back from that. Thread-safe.
 */
final class LiveSession {

  private final long number;
  private final String clientId;
  private final Identity identity;
  private final String serial;
  private final List<String> issuers;

  /** HiveMQ's own object, asked at each PUBLISH and SUBSCRIBE of this connection. */
  private final ModifiableDefaultPermissions permissions;

  private boolean cut;
  private String cutReason;
  private long cutAtNanos;

  LiveSession(
      long number,
      String clientId,
      Identity identity,
      String serial,
      List<String> issuers,
      ModifiableDefaultPermissions permissions) {
    this.number = number;
    this.clientId = clientId;
    this.identity = identity;
    this.serial = serial;
    this.issuers = issuers;
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
    return identity;
  }

  /** The certificate's serial number, lower-case hex. */
  String serial() {
    return serial;
  }

  /** The CAs its certificate rests on, as of {@link ChainCheck}. */
  List<String> issuers() {
    return issuers;
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
  synchronized boolean cut(String reason, long nowNanos) {
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
  synchronized String cutReason() {
    return cutReason;
  }

  /** {@link System#nanoTime} of the cut. */
  synchronized long cutAtNanos() {
    return cutAtNanos;
  }
}
