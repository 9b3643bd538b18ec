package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Pem;
import io.mintmark.provisioning.audit.AuditCheck;
import io.mintmark.provisioning.audit.CheckpointFile;
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
import java.util.List;
import java.util.regex.Pattern;

/** The registry as a crash left it, read from a copy of its files. */
final class CrashRegistry implements AutoCloseable {

  /** A certificate the service signed. */
  record Signed(String serial, String keySha256, String state, byte[] content, Instant reserved) {}

  private static final String FILE = "registry.db";
  private static final String TRUST = "trust.pem";
  private static final String SIGNED = "state in ('issued', 'superseded')";
  private static final String IDENTITY =
      "'spiffe://mintmark.local/fleet/' || d.fleet || '/device/' || d.id";
  private static final Pattern CERTIFIED = Pattern.compile("(?:^|, )serial ([0-9a-f]+)");

  private final Path copy;
  private final Connection connection;

  /**
   * Copies the files of a data folder that no service uses, so that what the crash left in the
   * write-ahead log is still there for the next start to find.
   */
  CrashRegistry(Path data) throws IOException, SQLException {
    copy = Files.createDirectories(data.resolveSibling("copy"));
    for (String file : List.of(FILE, FILE + "-wal", CheckpointFile.NAME, TRUST)) {
      Files.deleteIfExists(copy.resolve(file));
      if (Files.exists(data.resolve(file))) {
        Files.copy(data.resolve(file), copy.resolve(file));
      }
    }
    connection = DriverManager.getConnection("jdbc:sqlite:" + copy.resolve(FILE));
  }

  /** The certificate of a serial; it must be there once. */
  Signed signed(String serial) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select * from certificates where serial = ?")) {
      query.setString(1, serial);
      try (ResultSet row = query.executeQuery()) {
        assertThat(row.next()).as("serial %s is in the registry", serial).isTrue();
        Signed signed = new Signed(
            row.getString("serial"),
            row.getString("key_sha256"),
            row.getString("state"),
            row.getBytes("content"),
            Instant.ofEpochMilli(row.getLong("reserved_at")));
        assertThat(row.next()).as("serial %s is there twice", serial).isFalse();
        return signed;
      }
    }
  }

  /** The rules that hold at any moment, whatever the clients did. */
  void requireConsistent() throws Exception {
    assertThat(texts("pragma integrity_check")).containsExactly("ok");
    assertThat(texts("pragma foreign_key_check")).isEmpty();
    assertThat(texts("select serial from certificates group by serial having count(*) > 1"))
        .as("serials twice")
        .isEmpty();
    assertThat(texts("select d.id from devices d where (d.state = 'active') <> exists"
            + " (select * from certificates where identity = " + IDENTITY + " and " + SIGNED + ")"))
        .as("enrolled without a certificate, or the other way round")
        .isEmpty();
    assertThat(texts("select d.id from devices d where 2 <"
            + " (select count(*) from certificates where identity = " + IDENTITY
            + " and state = 'issued')"))
        .as("devices with more than two live certificates")
        .isEmpty();
    assertThat(texts("select id from claims c where used > uses or used <>"
            + " (select count(distinct device) from claim_uses where claim = c.id) or used <>"
            + " (select count(*) from claim_uses where claim = c.id)"))
        .as("claims whose uses do not add up")
        .isEmpty();
    requireAudited();
    requireChained();
  }

  /** What {@code mintmark audit verify} does: whole rows, and each after the one before. */
  private void requireChained() throws Exception {
    AuditCheck check = new AuditCheck(
        Pem.certificates(Files.readString(copy.resolve(TRUST))),
        new CheckpointFile(copy.resolve(CheckpointFile.NAME)).read(),
        true);
    RegistryAudit.read(copy.resolve(FILE), 0, check);
    AuditCheck.Result result = check.end();
    assertThat(result.findings()).as("what was done to the audit log").isEmpty();
    assertThat(result.covering()).as("a checkpoint").isNotNull();
  }

  /** One row says that a certificate was made, and one that it was superseded, if it was. */
  private void requireAudited() throws SQLException {
    assertThat(serials("select detail from audit where action in"
            + " ('device.enrolled', 'device.enrolled-again', 'device.renewed')"))
        .containsExactlyElementsOf(texts("select serial from certificates"
            + " where identity like '%/device/%' and " + SIGNED + " order by serial"));
    assertThat(serials("select detail from audit where action = 'certificate.superseded'"))
        .containsExactlyElementsOf(
            texts("select serial from certificates where state = 'superseded' order by serial"));
  }

  private List<String> serials(String query) throws SQLException {
    return texts(query).stream()
        .map(CERTIFIED::matcher)
        .peek(serial -> assertThat(serial.find()).isTrue())
        .map(serial -> serial.group(1))
        .sorted()
        .toList();
  }

  /** When every client has its answer, each use enrolled a device. */
  void requireUsesEnrolled() throws SQLException {
    assertThat(texts("select u.device from claim_uses u join devices d on d.id = u.device"
            + " where d.state <> 'active'"))
        .as("uses that enrolled nobody")
        .isEmpty();
  }

  /** Devices that a claim was spent on. */
  List<String> claimed() throws SQLException {
    return texts("select device from claim_uses");
  }

  int claimsSpent() throws SQLException {
    return texts("select id from claims where used = uses").size();
  }

  private List<String> texts(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
