package io.mintmark.provisioning.presence;

import io.mintmark.identity.SessionEvent;
import io.mintmark.identity.SessionEvent.Kind;
import io.mintmark.identity.SessionReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a report comes to. Immutable.
 *
 * @param began every connection that was told to have begun
 * @param live those of them that have not ended
 * @param ended every connection that was told to have ended
 * @param takeovers of connections by others with the same certificate
 * @param refused superseded certificates that were shown and refused
 */
record Batch(
    List<Connection> began,
    List<Connection> live,
    List<Connection> ended,
    List<Takeover> takeovers,
    List<Connection> refused) {

  /**
   * Folds a report.
   *
   * @param broker who sent it
   * @param received when it came
   */
  static Batch of(String broker, SessionReport report, Instant received) {
    List<Connection> began = new ArrayList<>();
    Map<Long, Connection> live = new LinkedHashMap<>();
    List<Connection> ended = new ArrayList<>();
    List<Takeover> takeovers = new ArrayList<>();
    List<Connection> refused = new ArrayList<>();
    for (SessionEvent event : report.events()) {
      Connection connection = Connection.of(event, received);
      if (event.kind() == Kind.CONNECTED) {
        began.add(connection);
        live.put(connection.number(), connection);
      } else if (event.kind() == Kind.REFUSED) {
        refused.add(connection);
      } else {
        live.remove(connection.number());
        ended.add(connection);
        if (SessionEvent.TAKEN_OVER.equals(event.reason())
            && connection.serial().equals(event.bySerial())) {
          takeovers.add(new Takeover(
              connection,
              new Takeover.Place(broker, connection.address()),
              new Takeover.Place(broker, event.byAddress())));
        }
      }
    }
    return new Batch(began, List.copyOf(live.values()), ended, takeovers, refused);
  }
}
