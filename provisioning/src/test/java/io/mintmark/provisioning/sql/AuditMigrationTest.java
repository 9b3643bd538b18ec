package io.mintmark.provisioning.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.provisioning.audit.AuditCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** A registry from before its audit log was chained. */
class AuditMigrationTest {

  private static final int ROWS = 2_500;

  @ParameterizedTest
  @ValueSource(strings = {"1", "4", "11"})
  void chainsTheRowsThereAre(String schema, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("registry.db");
    SQLiteDataSource source = migrated(file, schema);
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

  /** What was made between two releases may have this one without those numbered before it. */
  @Test
  void mayComeBeforeOthers(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("registry.db");
    SQLiteDataSource source = migrated(file, "10");
    Flyway.configure(Registry.class.getClassLoader())
        .dataSource(source)
        .locations("filesystem:" + Files.createDirectory(folder.resolve("no-others")))
        .javaMigrations(new AuditMigration())
        .validateOnMigrate(false)
        .load()
        .migrate();
    try (Registry registry = Registry.open(file)) {
      registry.write(tx -> {
        AuditTable.insert(tx, Instant.EPOCH, "o", "later", "s", null);
        return null;
      });
      assertThat(registry.<List<Integer>, RuntimeException>read(h -> h.createQuery(
                  "select cast(version as integer) from flyway_schema_history where version"
                      + " between 10 and 13 order by installed_rank")
              .mapTo(Integer.class)
              .list()))
          .startsWith(10, 13, 11);
    }
    assertThat(intact(file)).isOne();
    Registry.open(file).close();
  }

  private static SQLiteDataSource migrated(Path file, String schema) {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + file);
    Flyway.configure(Registry.class.getClassLoader())
        .dataSource(source)
        .locations("classpath:io/mintmark/provisioning/sql/sqlite")
        .target(schema)
        .load()
        .migrate();
    return source;
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
