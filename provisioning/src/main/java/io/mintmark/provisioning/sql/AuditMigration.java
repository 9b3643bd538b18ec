package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.audit.ChainHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;

/** Chains the rows of the audit log that there are, and has SQLite refuse to change any. */
final class AuditMigration implements JavaMigration {

  private static final int BATCH = 1000;

  /** A hash cannot be demanded by the column: rows had none when it was added. */
  private static final String[] CHANGES = {
    """
    create table audit_checkpoints (
      sequence  integer primary key,
      hash      blob not null,
      at        integer not null,
      issuer    text not null,
      signature blob not null
    ) strict
    """,
    """
    create trigger audit_rows_are_added_at_the_end before insert on audit
    when new.hash is null or length(new.hash) <> 32
      or new.sequence <= (select coalesce(max(sequence), 0) from audit)
    begin
      select raise(abort, 'the audit log is only added to at its end, with a hash');
    end
    """,
    refusing("update", "audit"),
    refusing("delete", "audit"),
    refusing("update", "audit_checkpoints"),
    refusing("delete", "audit_checkpoints")
  };

  @Override
  public MigrationVersion getVersion() {
    return MigrationVersion.fromVersion("13");
  }

  @Override
  public String getDescription() {
    return "audit chain";
  }

  @Override
  public Integer getChecksum() {
    return null;
  }

  @Override
  public boolean canExecuteInTransaction() {
    return true;
  }

  @Override
  public void migrate(Context context) throws SQLException {
    Connection connection = context.getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute("alter table audit add column hash blob");
      chain(connection);
      for (String change : CHANGES) {
        statement.execute(change);
      }
    }
  }

  private static void chain(Connection connection) throws SQLException {
    byte[] hash = ChainHash.NONE.bytes();
    int waiting = 0;
    try (Statement query = connection.createStatement();
        ResultSet row = query.executeQuery("select * from audit order by sequence");
        PreparedStatement update =
            connection.prepareStatement("update audit set hash = ? where sequence = ?")) {
      while (row.next()) {
        hash = ChainHash.of(
            hash,
            row.getLong("sequence"),
            Instant.ofEpochMilli(row.getLong("at")),
            row.getString("actor"),
            row.getString("action"),
            row.getString("subject"),
            row.getString("detail"));
        update.setBytes(1, hash);
        update.setLong(2, row.getLong("sequence"));
        update.addBatch();
        waiting++;
        if (waiting == BATCH) {
          update.executeBatch();
          waiting = 0;
        }
      }
      update.executeBatch();
    }
  }

  private static String refusing(String verb, String table) {
    return "create trigger " + table + "_refuses_" + verb + " before " + verb + " on " + table
        + " begin select raise(abort, 'the audit log is never changed'); end";
  }
}
