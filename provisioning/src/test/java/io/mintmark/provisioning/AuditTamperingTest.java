package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Pem;
import io.mintmark.provisioning.audit.AuditCheck;
import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.audit.ChainHash;
import io.mintmark.provisioning.audit.CheckpointFile;
import io.mintmark.provisioning.audit.Finding;
import io.mintmark.provisioning.sql.RegistryAudit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody does to the audit log with SQL, in a registry that a service has written. */
class AuditTamperingTest {

  private static final int ROWS = 20;

  @TempDir
  static Path folder;

  private static TestInstallation installation;
  private static Path data;

  /** What the service has left, by file: each test changes that anew. */
  private static final Map<Path, byte[]> LEFT = new HashMap<>();

  @BeforeAll
  static void fill() throws Exception {
    data = folder.resolve("data");
    installation = new TestInstallation(data);
    // Two checkpoints: of the start, and of row 12.
    signAt(12);
    while (installation.get().audit().after(0, 1000).size() < ROWS) {
      addRow();
    }
    installation.stop();
    // Whoever closes it last puts everything into the one file.
    assertThat(data.resolve("registry.db-wal")).doesNotExist();
    for (String name : List.of("registry.db", CheckpointFile.NAME)) {
      LEFT.put(data.resolve(name), Files.readAllBytes(data.resolve(name)));
    }
    assertThat(check(data).findings()).isEmpty();
  }

  @BeforeEach
  void putBack() throws IOException {
    Files.deleteIfExists(data.resolve("registry.db-wal"));
    Files.deleteIfExists(data.resolve("registry.db-shm"));
    for (Map.Entry<Path, byte[]> file : LEFT.entrySet()) {
      Files.write(file.getKey(), file.getValue());
    }
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private static void signAt(int rows) throws Refusal {
    while (installation.get().audit().after(0, 1000).size() < rows) {
      addRow();
    }
    installation.get().audit().checkpoints().sign();
  }

  private static void addRow() throws Refusal {
    int next = installation.get().audit().after(0, 1000).size();
    installation.manifest("d-" + next);
  }

  private AuditCheck.Result check() throws Exception {
    return check(data);
  }

  private static AuditCheck.Result check(Path data) throws Exception {
    AuditCheck check = new AuditCheck(
        Pem.certificates(Files.readString(data.resolve("trust.pem"))),
        new CheckpointFile(data.resolve(CheckpointFile.NAME)).read(),
        true);
    RegistryAudit.read(data.resolve("registry.db"), 0, check);
    return check.end();
  }

  private List<String> findings() throws Exception {
    return check().findings().stream().map(Finding::text).toList();
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      dropTriggers(statement);
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + data.resolve("registry.db"));
  }

  private static void dropTriggers(Statement statement) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet found =
        statement.executeQuery("select name from sqlite_master where type = 'trigger'")) {
      while (found.next()) {
        names.add(found.getString(1));
      }
    }
    for (String name : names) {
      statement.execute("drop trigger " + name);
    }
  }

  /** Has the rows from one on follow each other, as somebody would who knows how. */
  private void chainAnew(long from, long to) throws Exception {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        PreparedStatement update =
            connection.prepareStatement("update audit set hash = ? where sequence = ?")) {
      for (long sequence = from; sequence <= to; sequence++) {
        byte[] before = ChainHash.NONE.bytes();
        try (ResultSet row =
            statement.executeQuery("select hash from audit where sequence = " + (sequence - 1))) {
          if (row.next()) {
            before = row.getBytes(1);
          }
        }
        try (ResultSet row =
            statement.executeQuery("select * from audit where sequence = " + sequence)) {
          assertThat(row.next()).isTrue();
          update.setBytes(
              1,
              ChainHash.of(
                  before,
                  sequence,
                  Instant.ofEpochMilli(row.getLong("at")),
                  row.getString("actor"),
                  row.getString("action"),
                  row.getString("subject"),
                  row.getString("detail")));
        }
        update.setLong(2, sequence);
        update.executeUpdate();
      }
    }
  }

  @Test
  void saysHowFarTheLogGoesAndIsSigned() throws Exception {
    AuditCheck.Result result = check();
    assertThat(result.first()).isEqualTo(1);
    assertThat(result.last()).isEqualTo(ROWS);
    assertThat(result.rows()).isEqualTo(ROWS);
    assertThat(result.checkpoints()).isEqualTo(3);
    assertThat(result.covering().sequence()).isEqualTo(ROWS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update audit set actor = 'nobody' where sequence = 7",
        "delete from audit where sequence = 7",
        "delete from audit where sequence = 20",
        "insert or replace into audit select * from audit where sequence = 7",
        "insert into audit select 7, at, actor, action, subject, detail, hash from audit where"
            + " sequence = 6",
        "insert into audit (at, actor, action, subject) values (0, 'a', 'b', 'c')",
        "update audit_checkpoints set at = 0",
        "delete from audit_checkpoints"
      })
  void isRefusedByTheRegistryItself(String change) throws Exception {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(change)).hasMessageContaining("audit log is");
    }
    assertThat(findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at = at + 1",
        "actor = 'nobody'",
        "action = 'device.enrolled'",
        "subject = 'd-99'",
        "detail = null",
        "detail = detail || '.'",
        "hash = zeroblob(32)"
      })
  void findsAChangedRow(String change) throws Exception {
    sql("update audit set " + change + " where sequence = 7");
    assertThat(check().findings()).first().satisfies(f -> {
      assertThat(f.kind()).isEqualTo(Finding.Kind.CHANGED);
      assertThat(f.from()).isEqualTo(7);
      assertThat(f.text()).startsWith("row 7 was changed");
    });
  }

  @Test
  void findsARowChangedWithItsHash() throws Exception {
    sql("update audit set actor = 'nobody' where sequence = 7");
    chainAnew(7, 7);
    assertThat(findings()).containsExactly("row 8 was changed, or row 7 together with its hash");
  }

  @Test
  void findsThatTheChainWasMadeAnewToTheEnd() throws Exception {
    sql("update audit set actor = 'nobody' where sequence = 14");
    chainAnew(14, ROWS);
    assertThat(findings())
        .singleElement()
        .asString()
        .startsWith("row 20 is not the one signed at ")
        .endsWith("something was changed in rows 13 to 20");
  }

  @Test
  void findsRemovedRows() throws Exception {
    sql("delete from audit where sequence in (7, 10, 11)");
    assertThat(findings()).containsExactly("row 7 was removed", "rows 10 to 11 were removed");
  }

  @Test
  void findsTheFirstRowRemoved() throws Exception {
    sql("delete from audit where sequence = 1");
    assertThat(findings()).contains("row 1 was removed");
  }

  @Test
  void findsARemovedRowThoughOthersWereRenumbered() throws Exception {
    sql(
        "delete from audit where sequence = 13",
        "update audit set sequence = sequence - 1" + " where sequence > 13");
    assertThat(findings())
        .containsExactly(
            "row 13 was removed, those after renumbered",
            "row 20 cut off: a checkpoint of " + installation.clock.instant() + " has row 20");
  }

  @Test
  void findsAnInsertedRow() throws Exception {
    insertAt(14);
    assertThat(findings()).first().isEqualTo("row 14 was inserted, those after renumbered");
  }

  @Test
  void findsAnInsertedRowThatIsChained() throws Exception {
    insertAt(14);
    chainAnew(14, 14);
    assertThat(findings()).first().isEqualTo("row 14 was inserted, those after renumbered");
  }

  @Test
  void findsAnInsertedRowBeforeTheLast() throws Exception {
    insertAt(ROWS);
    assertThat(findings()).first().isEqualTo("row 20 was inserted, those after renumbered");
  }

  @Test
  void findsARowAddedAtTheEnd() throws Exception {
    sql("insert into audit select 21, at, 'me', action, subject, detail, hash from audit where"
        + " sequence = 20");
    assertThat(findings()).containsExactly("row 21 was changed, or row 20 together with its hash");
  }

  private void insertAt(long sequence) throws SQLException {
    // By way of negative numbers: they are changed one by one, and none may be there twice.
    sql(
        "update audit set sequence = -sequence - 1 where sequence >= " + sequence,
        "update audit set sequence = -sequence where sequence < 0",
        "insert into audit select " + sequence + ", at, 'me', action, subject, detail, hash from"
            + " audit where sequence = 5");
  }

  @ParameterizedTest
  @CsvSource({"7,8", "5,16", "7,9", "19,20", "1,2", "13,18"})
  void findsRowsThatChangedPlaces(int one, int other) throws Exception {
    sql(
        "update audit set sequence = -1 where sequence = " + one,
        "update audit set sequence = " + one + " where sequence = " + other,
        "update audit set sequence = " + other + " where sequence = -1");
    assertThat(findings())
        .contains(
            "row " + one + " was moved: it was written as row " + other,
            "row " + other + " was moved: it was written as row " + one)
        .allMatch(text -> text.contains("was moved") || text.contains("is not the one signed"));
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 15, 12, 3})
  void findsThatTheEndWasCutOff(int first) throws Exception {
    sql("delete from audit where sequence >= " + first);
    assertThat(findings())
        .containsExactly((first == 20 ? "row 20" : "rows " + first + " to 20")
            + " cut off: a checkpoint of " + installation.clock.instant() + " has row 20");
  }

  @Test
  void findsThatTheEndWasCutOffWithItsCheckpoints() throws Exception {
    sql(
        "delete from audit where sequence >= 15",
        "delete from audit_checkpoints where sequence >= 15");
    assertThat(findings())
        .anyMatch(text -> text.startsWith("rows 15 to 20 cut off"))
        .anyMatch(text -> text.startsWith("the checkpoint of row 20")
            && text.endsWith("it is not in the log any more, or not the same"));
  }

  @Test
  void findsThatTheFileWasCutOff() throws Exception {
    Path file = data.resolve(CheckpointFile.NAME);
    Files.writeString(file, Files.readAllLines(file).get(0) + "\n");
    assertThat(findings())
        .singleElement()
        .asString()
        .startsWith("the checkpoint of row 12")
        .contains("it is not in audit-checkpoints.jsonl");
  }

  @Test
  void findsACheckpointThatIsNotSignedByTheCa() throws Exception {
    sql("update audit_checkpoints set at = at + 1 where sequence = 12");
    assertThat(findings())
        .anyMatch(text -> text.startsWith("the checkpoint of row 12")
            && text.contains("its signature is not of CA"));
  }

  @Test
  void findsALineOfTheFileThatIsNoCheckpoint() throws Exception {
    Path file = data.resolve(CheckpointFile.NAME);
    Files.writeString(file, Files.readString(file).replaceFirst("sequence", "sequel"));
    assertThatThrownBy(this::check)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 1 is not a checkpoint");
  }

  @Test
  void keepsTheGapWhenTheServiceGoesOnAfterACut() throws Exception {
    sql("delete from audit where sequence >= 15");
    installation.start();
    installation.manifest("later");
    installation.stop();
    assertThat(findings()).containsExactly("rows 15 to 20 were removed");
    installation.start();
    assertThat(installation.get().audit().after(14, 1))
        .extracting(AuditRow::sequence)
        .containsExactly(21L);
  }
}
