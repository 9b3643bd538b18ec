package io.mintmark.provisioning.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.provisioning.audit.AuditCheck;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** A registry from before its audit log was chained. */
class AuditMigrationTest {

  private static final int ROWS = 2_500;

  @ParameterizedTest
  @ValueSource(strings = {"1", "4", "10"})
  void chainsTheRowsThereAre(String schema, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("registry.db");
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + file);
    Flyway.configure(Registry.class.getClassLoader())
        .dataSource(source)
        .locations("classpath:io/mintmark/provisioning/sql/sqlite")
        .target(schema)
        .load()
        .migrate();
    try (Connection connection = source.getConnection();
        PreparedStatement insert = connection.prepareStatement(
            "insert into audit (at, actor, action, subject, detail) values (?, ?, 'a', 's', ?)")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < ROWS; i++) {
        insert.setLong(1, 1_000_000 + i);
        insert.setString(2, "Mäx \uD83D\uDE80 " + i);
        insert.setString(3, i % 2 == 0 ? null : "detail");
        insert.addBatch();
      }
      insert.executeBatch();
      connection.commit();
    }
    try (Registry registry = Registry.open(file)) {
      assertThat(intact(file)).isEqualTo(ROWS);
      registry.write(tx -> {
        AuditTable.insert(tx, Instant.EPOCH, "o", "later", "s", null);
        return null;
      });
    }
    assertThat(intact(file)).isEqualTo(ROWS + 1);
    Registry.open(file).close();
  }

  private static long intact(Path file) throws Exception {
    AuditCheck check = new AuditCheck(List.of(), List.of(), false);
    RegistryAudit.read(file, 0, check);
    AuditCheck.Result result = check.end();
    assertThat(result.findings()).isEmpty();
    assertThat(result.rows()).isEqualTo(result.last());
    return result.last();
  }
}
