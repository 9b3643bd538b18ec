package io.mintmark.device;

import io.mintmark.identity.Credential;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Hears what happens to a device's identity and connection. Called on the client's one callback
 * thread, in the order things happened; what it throws is logged and changes nothing.
 */
public interface DeviceListener {

  /** The device has a first operational credential, or one anew after the last had expired. */
  default void enrolled(Credential credential) {}

  /**
   * The credential was replaced before it expired, or shortly after where the fleet lets it; the
   * connection moves to it next.
   */
  default void renewed(Credential credential) {}

  /**
   * The broker accepted a connection.
   *
   * @param sessionPresent whether it still had the session: subscriptions and waiting messages
   */
  default void connected(boolean sessionPresent) {}

  /**
   * The connection uses the renewed credential now.
   *
   * @param gap from the goodbye on the old connection to the welcome on the new one
   * @param sessionPresent whether the broker still had the session
   */
  default void moved(Duration gap, boolean sessionPresent) {}

  /**
   * The connection was lost, or ended by the broker; the client reconnects by itself.
   *
   * @param cause {@link DeviceException#origin} tells who or what ended it: the broker with a reason
   *     code, the network, silence
   */
  default void disconnected(DeviceException cause) {}

  /**
   * There is no connection, or none with the renewed credential, and another attempt follows.
   *
   * @param cause why there is none
   * @param next when it is tried again
   */
  default void retrying(DeviceException cause, Instant next) {}

  /**
   * Service or broker said no: revoked, not in the manifest, a certificate nobody trusts. A person
   * is needed. The client keeps trying, slowly.
   *
   * @param reason what was refused ({@link DeviceException#about}), by whom ({@link
   *     DeviceException#origin}), and the broker's reason code or the service's HTTP status
   * @param next when it is tried again
   */
  default void refused(RefusedException reason, Instant next) {}

  /**
   * A renewal failed; the current credential stays.
   *
   * @param cause what went wrong
   * @param next when it is tried again
   */
  default void renewalFailed(DeviceException cause, Instant next) {}

  /**
   * The service's roots have changed; the device has stored them and trusts these and no others from
   * now on. The connection stays.
   */
  default void trustReplaced(List<X509Certificate> anchors) {}

  /**
   * The service named roots that the device does not take: nobody it trusts vouches for them, they
   * are not valid, or there are none. Those before stay, and the service is asked again later.
   */
  default void trustRefused(RefusedException reason) {}

  /** The broker did not grant a subscription, or not again on a new session; it is gone. */
  default void subscriptionRefused(String filter, DeviceException cause) {}

  /**
   * A request was not answered: the handler was not asked, as it names a response topic this device
   * may not or cannot publish to, or its answer did not get through.
   */
  default void replyFailed(Message request, DeviceException cause) {}

  /** A handler threw; the message counts as handled. */
  default void handlerFailed(Message message, Throwable failure) {}

  /** A message arrived that no subscription of this client matches; it counts as handled. */
  default void unhandled(Message message) {}
}
