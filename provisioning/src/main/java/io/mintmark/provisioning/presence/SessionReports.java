package io.mintmark.provisioning.presence;

import io.mintmark.identity.Identity;
import io.mintmark.identity.SessionEvent;
import io.mintmark.identity.SessionReport;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.CertificatesSeen;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.SessionTable;
import io.mintmark.provisioning.sql.SessionTable.BrokerRun;
import io.mintmark.provisioning.sql.SessionTable.LastKnown;
import io.mintmark.provisioning.sql.Transaction;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes in what brokers report of their connections: who is connected, which certificates were seen
 * in use, what looks like a clone. A report is one transaction, and takes effect once however often it
 * comes. Thread-safe.
 */
public final class SessionReports {

  /** How far apart looks at connections to two brokers are. */
  private static final Duration EACH_LOOK = Duration.ofSeconds(30);

  private static final int LONGEST_TEXT = 600;
  private static final Pattern RUN = Pattern.compile("[0-9a-f]{16,64}");
  private static final Pattern SERIAL = Pattern.compile("[0-9a-f]{1,64}");

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final CertificatesSeen seen;
  private final SupersededUse supersededUse;
  private final CloneNotes clones;
  private final Clock clock;
  private final FightWatch fights = new FightWatch();

  /** Those of one broker are taken one after the other. */
  private final Map<String, Object> locks = new ConcurrentHashMap<>();

  private volatile Instant lookedAt = Instant.MIN;

  /** Those to an installation. */
  public SessionReports(
      Registry registry,
      TrustDomain trustDomain,
      CertificatesSeen seen,
      SupersededUse supersededUse,
      CloneNotes clones,
      Clock clock) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.seen = seen;
    this.supersededUse = supersededUse;
    this.clones = clones;
    this.clock = clock;
  }

  /**
   * Takes a report.
   *
   * @param broker the name of who sent it
   * @throws Refusal INVALID if it makes no sense
   */
  public SessionReport.Answer take(String broker, SessionReport report) throws Refusal {
    requireSense(report);
    synchronized (locks.computeIfAbsent(broker, b -> new Object())) {
      return takeNext(broker, report);
    }
  }

  /** What is read before anything is written: the one writer has other things to do. */
  private record Known(
      Optional<BrokerRun> run,
      Map<String, LastKnown> identities,
      List<String> withPredecessors,
      List<CloneSign> signs) {}

  private SessionReport.Answer takeNext(String broker, SessionReport report) {
    Instant now = clock.instant();
    Batch batch = Batch.of(broker, report, now);
    Known known = registry.read(h -> {
      Map<String, LastKnown> identities = SessionTable.lastKnown(h, batch.began());
      return new Known(
          SessionTable.run(h, broker),
          identities,
          SessionTable.withPredecessors(h, newcomers(batch, identities), now),
          supersededUse.signs(h, broker, batch.refused()));
    });
    boolean sameRun = known.run().filter(r -> r.run().equals(report.run())).isPresent();
    long last = sameRun ? known.run().orElseThrow().sequence() : 0;
    if (report.sequence() <= last) {
      return new SessionReport.Answer(false);
    }
    List<CloneSign> signs = Stream.of(
            known.signs(),
            fights.see(takeovers(broker, batch, known.identities())),
            atTwoBrokers(now))
        .flatMap(List::stream)
        .toList();
    registry.write(tx -> {
      if (!sameRun) {
        SessionTable.begin(tx, broker, report.run(), now);
      }
      known.withPredecessors().forEach(serial -> seen.seen(tx, new BigInteger(serial, 16)));
      put(tx, broker, report, batch, now);
      signs.forEach(sign -> clones.note(tx, sign));
      return null;
    });
    // Something is missing: this registry is older than its broker, or the broker's first was lost.
    return new SessionReport.Answer(report.sequence() != last + 1 && report.listing() == null);
  }

  private static void put(
      Transaction tx, String broker, SessionReport report, Batch batch, Instant now) {
    long listing = report.listing() == null ? 0 : report.listing();
    SessionTable.began(tx, broker, batch.began());
    SessionTable.keep(tx, broker, batch.live(), listing);
    SessionTable.ended(tx, broker, batch.ended());
    if (report.last()) {
      SessionTable.endUnlisted(tx, broker, listing, now);
    }
    SessionTable.heard(tx, broker, report.sequence(), now);
  }

  /** Who has come with a certificate we have not seen him with. */
  private static Set<String> newcomers(Batch batch, Map<String, LastKnown> identities) {
    Set<String> serials = new LinkedHashSet<>();
    for (Connection connection : batch.began()) {
      LastKnown before = identities.get(connection.identity());
      if (before == null || !before.serial().equals(connection.serial())) {
        serials.add(connection.serial());
      }
    }
    return serials;
  }

  /** Those the broker saw, and those it cannot see: a client id that went from one broker to another. */
  private static List<Takeover> takeovers(
      String broker, Batch batch, Map<String, LastKnown> identities) {
    List<Takeover> takeovers = new ArrayList<>(batch.takeovers());
    for (Connection connection : batch.began()) {
      LastKnown before = identities.get(connection.identity());
      if (before != null
          && before.live()
          && !before.broker().equals(broker)
          && before.serial().equals(connection.serial())
          && before.clientId().equals(connection.clientId())) {
        takeovers.add(new Takeover(
            connection,
            new Takeover.Place(before.broker(), before.address()),
            new Takeover.Place(broker, connection.address())));
      }
    }
    return takeovers;
  }

  private List<CloneSign> atTwoBrokers(Instant now) {
    if (lookedAt.plus(EACH_LOOK).isAfter(now)) {
      return List.of();
    }
    lookedAt = now;
    return registry.read(h -> TwoBrokers.signs(h, now));
  }

  private void requireSense(SessionReport report) throws Refusal {
    require(report.run() != null && RUN.matcher(report.run()).matches(), "run");
    require(report.sequence() > 0, "sequence");
    require(report.events().size() <= SessionReport.MOST_EVENTS, "number of events");
    require(report.listing() == null ? !report.last() : report.listing() > 0, "listing");
    String prefix = "spiffe://" + trustDomain.name() + "/";
    for (SessionEvent event : report.events()) {
      require(event != null && event.kind() != null, "kind of event");
      boolean connected = event.kind() == SessionEvent.Kind.CONNECTED;
      require(event.connection() >= 0 && event.millisAgo() >= 0, "number");
      require(isText(event.identity()) && event.identity().startsWith(prefix), "identity");
      require(isSpiffeId(event.identity()), "identity");
      require(event.serial() != null && SERIAL.matcher(event.serial()).matches(), "serial");
      require(isText(event.clientId()), "client id");
      require(event.address() == null || isText(event.address()), "address");
      require(event.byAddress() == null || isText(event.byAddress()), "address");
      require(event.keepAlive() == null || event.keepAlive() >= 0, "keep alive");
      require(connected == (event.reason() == null), "reason");
      require(connected || isText(event.reason()), "reason");
      require(connected == (event.keepAlive() != null), "keep alive");
    }
  }

  private static boolean isSpiffeId(String identity) {
    try {
      Identity.parse(identity);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isText(String text) {
    return text != null
        && text.length() <= LONGEST_TEXT
        && text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  private static void require(boolean sense, String what) throws Refusal {
    if (!sense) {
      throw new Refusal(
          Refusal.Kind.INVALID, "the report of sessions makes no sense: look at its " + what);
    }
  }
}
