package io.mintmark.provisioning.presence;

import io.mintmark.provisioning.sql.SessionTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Who is connected to two brokers at once with one client id and one certificate. A device that went
 * from one broker to the other without a word is still listed by the first, until that has waited in
 * vain for a sign of life: one and a half times the keep alive (MQTT 5, section 3.1.2.10). Who is
 * listed later than that is there; so are two. Of connections without keep alive that cannot be told.
 */
final class TwoBrokers {

  /** For slow networks, busy brokers, and reports on their way. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private TwoBrokers() {}

  static List<CloneSign> signs(Handle handle, Instant now) {
    return SessionTable.doubled(handle, GRACE, now.minus(Presence.UNHEARD_AFTER)).stream()
        .map(d -> new CloneSign(
            d.identity(),
            d.serial(),
            CloneSign.Kind.FOUGHT_OVER,
            "client id " + d.clientId() + " is connected from "
                + new Takeover.Place(d.broker(), d.address()) + " and from "
                + new Takeover.Place(d.otherBroker(), d.otherAddress()) + " at the same time"))
        .toList();
  }
}
