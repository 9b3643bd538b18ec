package io.mintmark.provisioning.revocation;

import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.sql.DoomedTable;
import io.mintmark.provisioning.sql.DoomedTable.Doomed;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Certificates by where they come from; the devices they are of stay as they are. */
record CertificateWork(
    CertificateRevoker revoker, Function<Handle, DoomedTable.Filter> filter, Clock clock)
    implements Work {

  @Override
  public long count(Handle handle) {
    return DoomedTable.count(handle, filter.apply(handle), clock.instant());
  }

  @Override
  public Piece next(Transaction tx, RevocationRun run, String after, int most) {
    Instant now = clock.instant();
    long from = after.isEmpty() ? 0 : Long.parseLong(after);
    List<Doomed> some = DoomedTable.some(tx.handle(), filter.apply(tx.handle()), now, from, most);
    if (some.isEmpty()) {
      return null;
    }
    List<CertificateRecord> certificates =
        some.stream().map(Doomed::certificate).toList();
    RevocationReason reason = RevocationReason.ofWord(run.reason()).orElseThrow();
    revoker.revoke(tx, certificates, reason, run.actor(), ", run " + run.id(), now);
    return new Piece(
        some.size(), some.size(), Long.toString(some.get(some.size() - 1).id()));
  }
}
