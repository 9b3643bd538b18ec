package io.mintmark.provisioning.presence;

import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.CloneTable;
import io.mintmark.provisioning.sql.Registry;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Tells from the use of a superseded certificate whether somebody else has its key. It is a sign only
 * where its successor was seen in use, for the device holds that one then, and only some time after
 * that: a device with several programs may take minutes until all of them have read the new one, and
 * keeps on trying with the old one meanwhile. A certificate whose successor took its place without
 * being seen, because an answer got lost, is none of it. Thread-safe.
 */
public final class SupersededUse {

  static final Duration GRACE = Duration.ofMinutes(10);

  /** What is written down of one that is tried again and again. */
  private static final Duration AT_MOST_EACH = Duration.ofMinutes(1);

  private final Registry registry;
  private final CloneNotes clones;
  private final Clock clock;

  /** In this registry. */
  public SupersededUse(Registry registry, CloneNotes clones, Clock clock) {
    this.registry = registry;
    this.clones = clones;
    this.clock = clock;
  }

  /**
   * Somebody proved possession of a certificate's key to this service and was refused.
   *
   * @param serial the certificate's
   */
  public void refused(BigInteger serial) {
    Instant now = clock.instant();
    Optional<CloneSign> sign = registry.read(h -> sign(h, serial, now, "shown to the service"));
    sign.ifPresent(found -> registry.write(tx -> {
      clones.note(tx, found);
      return null;
    }));
  }

  /** What refusals at a broker show. */
  List<CloneSign> signs(Handle handle, String broker, List<Connection> refused) {
    return refused.stream()
        .flatMap(r -> sign(
            handle,
            new BigInteger(r.serial(), 16),
            Instant.ofEpochMilli(r.at()),
            "shown from " + new Takeover.Place(broker, r.address()))
            .stream())
        .toList();
  }

  private static Optional<CloneSign> sign(
      Handle handle, BigInteger serial, Instant at, String where) {
    return CertificateTable.succeeded(handle, serial)
        .filter(s -> s.at().plus(GRACE).isBefore(at))
        .map(s -> new CloneSign(
            s.identity(),
            serial.toString(16),
            CloneSign.Kind.SUPERSEDED_USED,
            where + ", though its successor is in use since " + s.at()))
        .filter(s -> CloneTable.find(handle, s)
            .filter(noted -> noted.lastAt().plus(AT_MOST_EACH).isAfter(at))
            .isEmpty());
  }
}
