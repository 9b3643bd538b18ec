package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.EnrolmentPolicy.ChannelBinding;
import io.mintmark.provisioning.sql.EnrolmentTable;
import io.mintmark.provisioning.sql.Registry;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;

/**
 * Ties a request to the TLS connection it came over (RFC 7030, section 3.5): a value only the two
 * ends of that connection know is signed with the key to be certified, so that a request somebody
 * got hold of is worth nothing on a connection of his own. Thread-safe.
 */
public final class ChannelBindings {

  private final Registry registry;
  private final Fleets fleets;
  private volatile boolean used;

  ChannelBindings(Registry registry, Fleets fleets) {
    this.registry = registry;
    this.fleets = fleets;
    refresh();
  }

  /** Whether any fleet ties requests to connections: then connections must be able to tell. */
  public boolean used() {
    return used;
  }

  /**
   * Looks again after fleets have changed. One at a time, so that the last to look has seen every
   * change before it.
   */
  synchronized void refresh() {
    used = registry.read(EnrolmentTable::anyChannelBinding);
  }

  /**
   * Holds the fleet's rule against a request, as the fleet is now, whether or not {@link #refresh}
   * has seen it. Changes nothing.
   *
   * @param fleetOrNull whose rule; null for applications and brokers, which have none
   * @param linking what the request says, null if nothing
   * @param ofConnection the bindings of the connection it came over by their names (RFC 5929, RFC
   *     9266); empty if the connection cannot tell
   * @throws Refusal INVALID if the request is for another connection, or for none though its fleet
   *     wants one; the message says what to send
   */
  public void require(FleetId fleetOrNull, String linking, Map<String, byte[]> ofConnection)
      throws Refusal {
    if (fleetOrNull == null) {
      return;
    }
    ChannelBinding rule = fleets
        .find(fleetOrNull)
        .map(fleet -> fleet.enrolment().channelBinding())
        .orElse(ChannelBinding.OFF);
    boolean none = linking == null;
    if (rule == ChannelBinding.OFF || (rule == ChannelBinding.ALLOWED && none)) {
      return;
    }
    if (ofConnection.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "this connection is older than the channel binding of fleet '"
              + fleetOrNull
              + "': connect again and make a request for the new connection");
    }
    if (none || !matches(linking, ofConnection)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          (none
                  ? "fleet '" + fleetOrNull + "' requires channel binding, and the request has none"
                  : "the request's channel binding is not that of this connection")
              + ": put the base64 of this connection's "
              + String.join(" or ", ofConnection.keySet())
              + " into the request's challengePassword (RFC 7030, section 3.5)");
    }
  }

  /** In constant time, so that nobody can find the value byte by byte. */
  private static boolean matches(String linking, Map<String, byte[]> ofConnection) {
    byte[] said;
    try {
      said = Base64.getDecoder().decode(linking.strip());
    } catch (IllegalArgumentException e) {
      return false;
    }
    boolean matches = false;
    for (byte[] binding : ofConnection.values()) {
      matches |= MessageDigest.isEqual(binding, said);
    }
    return matches;
  }
}
