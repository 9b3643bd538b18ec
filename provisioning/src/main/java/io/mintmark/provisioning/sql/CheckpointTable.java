package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.audit.ChainHash;
import io.mintmark.provisioning.audit.Checkpoint;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** The checkpoints of the audit log; they are only ever added. Stateless. */
public final class CheckpointTable {

  private static final RowMapper<Checkpoint> CHECKPOINT = (row, ctx) -> new Checkpoint(
      row.getLong("sequence"),
      ChainHash.of(row.getBytes("hash")),
      Instant.ofEpochMilli(row.getLong("at")),
      row.getString("issuer"),
      Base64.getEncoder().encodeToString(row.getBytes("signature")));

  private CheckpointTable() {}

  /** Adds one. */
  public static void insert(Transaction tx, Checkpoint checkpoint) {
    tx.handle()
        .createUpdate("""
            insert into audit_checkpoints (sequence, hash, at, issuer, signature)
            values (:sequence, :hash, :at, :issuer, :signature)
            """)
        .bind("sequence", checkpoint.sequence())
        .bind("hash", checkpoint.hash().bytes())
        .bind("at", checkpoint.at().toEpochMilli())
        .bind("issuer", checkpoint.key())
        .bind("signature", Base64.getDecoder().decode(checkpoint.signature()))
        .execute();
  }

  /** Those of rows after a sequence, in order. */
  public static List<Checkpoint> after(Handle handle, long sequence, int limit) {
    return handle
        .createQuery("""
            select * from audit_checkpoints where sequence > :after order by sequence limit :limit
            """)
        .bind("after", sequence)
        .bind("limit", limit)
        .map(CHECKPOINT)
        .list();
  }

  /** The last. */
  public static Optional<Checkpoint> last(Handle handle) {
    return handle
        .createQuery("select * from audit_checkpoints order by sequence desc limit 1")
        .map(CHECKPOINT)
        .findOne();
  }
}
