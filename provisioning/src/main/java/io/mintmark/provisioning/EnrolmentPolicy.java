package io.mintmark.provisioning;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * How the devices of a fleet enrol. Immutable.
 *
 * @param mode who may have a first certificate
 * @param deviceId where the bootstrap certificate says which device it belongs to
 * @param again what happens when an enrolled device asks with its bootstrap certificate and another
 *     key
 * @param webhook who decides approvals beside the operators, or null
 * @param channelBinding whether requests are tied to the TLS connection they come over
 * @param serverKeygen whether the service makes keys for devices that ask for it
 */
public record EnrolmentPolicy(
    Mode mode,
    DeviceIdSource deviceId,
    Again again,
    Webhook webhook,
    ChannelBinding channelBinding,
    boolean serverKeygen) {

  /** Who may have a first certificate. */
  public enum Mode implements Worded {
    /** Devices the fleet's manifest lists. */
    MANIFEST,
    /** Every device of the fleet's factory CAs. */
    OPEN,
    /** Who shows a claim certificate that is not spent. */
    CLAIM,
    /** Devices of the factory CAs that an operator, or the webhook, said yes to. */
    APPROVAL;

    /** What holds unless the fleet says so: never weaker than the first enrolment was. */
    Again again() {
      return switch (this) {
        case MANIFEST, OPEN -> Again.ALLOW;
        case CLAIM -> Again.DENY;
        case APPROVAL -> Again.APPROVE;
      };
    }
  }

  /** What happens when an enrolled device bootstraps again, as after a factory reset. */
  public enum Again implements Worded {
    /** It gets another certificate. */
    ALLOW,
    /** It is refused. */
    DENY,
    /** Somebody decides. */
    APPROVE
  }

  /** Whether requests are tied to the TLS connection they come over (RFC 7030, section 3.5). */
  public enum ChannelBinding implements Worded {
    /** What a request says about it is ignored. */
    OFF,
    /** A request that says which connection it is for must come over that one. */
    ALLOWED,
    /** Every request must say it. */
    REQUIRED
  }

  /**
   * A service that decides approvals.
   *
   * @param url where to ask; https
   * @param timeout of one question from its begin to the end of the answer, 1 to 20 s
   * @param trust the only CAs its certificate may chain to
   */
  public record Webhook(URI url, Duration timeout, List<X509Certificate> trust) {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming the one that cannot be used
     */
    public Webhook {
      trust = List.copyOf(trust);
      if (!"https".equals(url.getScheme())
          || url.getHost() == null
          || url.getUserInfo() != null
          || url.getFragment() != null) {
        throw new IllegalArgumentException(
            "the webhook's url is not usable: it needs https, a host, no user and no fragment");
      }
      if (timeout.toSeconds() < 1 || timeout.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "a webhook timeout of " + timeout.toSeconds() + "s is not valid: use 1s to 20s");
      }
    }
  }

  /**
   * Checks that the parts fit together.
   *
   * @throws IllegalArgumentException if they do not
   */
  public EnrolmentPolicy {
    if (mode == Mode.CLAIM && again == Again.ALLOW) {
      throw new IllegalArgumentException("'again: allow' does not go with mode claim: whoever holds"
          + " the shared certificate could take over an enrolled device; use deny or approve");
    }
    if (webhook != null && mode != Mode.APPROVAL && again != Again.APPROVE) {
      throw new IllegalArgumentException("the webhook would never be asked: use it with 'mode:"
          + " approval' or 'again: approve'");
    }
  }
}
