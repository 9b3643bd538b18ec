package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The registry as the crashes left it, read from its file while no service runs. */
final class CrashRegistry implements AutoCloseable {

  /** A certificate the service signed. */
  record Signed(String serial, String keySha256, String state, byte[] content, Instant reserved) {}

  private static final String SIGNED = "state in ('issued', 'superseded')";
  private static final String OF_DEVICES = "identity like 'spiffe://%/device/%'";

  private final Connection connection;

  CrashRegistry(Path data) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("registry.db"));
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

  /** The rules that hold whatever the clients did. */
  void requireConsistent() throws SQLException {
    assertThat(texts("pragma integrity_check")).containsExactly("ok");
    assertThat(texts("pragma foreign_key_check")).isEmpty();
    assertThat(texts("select serial from certificates group by serial having count(*) > 1"))
        .as("serials twice")
        .isEmpty();
    assertThat(texts("select serial from certificates c where " + SIGNED + " and " + OF_DEVICES
            + " and 1 <> (select count(*) from audit where detail like '%serial ' || serial || '%'"
            + "   and action in ('device.enrolled', 'device.enrolled-again', 'device.renewed')"
            + "   and detail not like '%after ' || serial)"))
        .as("certificates without exactly one audit row")
        .isEmpty();
    assertThat(texts("select serial from certificates c where state = 'reserved' and exists"
            + " (select * from audit where detail like '%serial ' || serial || '%')"))
        .as("certificates in the audit log that were never signed")
        .isEmpty();
    assertThat(texts("select serial from certificates c where state = 'superseded' and 1 <>"
            + " (select count(*) from audit where action = 'certificate.superseded'"
            + "   and detail like 'serial ' || serial || ':%')"))
        .as("superseded without exactly one audit row")
        .isEmpty();
    assertThat(texts("select id from devices d where (state = 'active') <> exists"
            + " (select * from certificates where identity like '%/device/' || d.id and " + SIGNED
            + ")"))
        .as("enrolled without a certificate, or the other way round")
        .isEmpty();
    assertThat(texts("select identity from certificates where state = 'issued' and " + OF_DEVICES
            + " group by identity having count(*) > 2"))
        .as("devices with more than two live certificates")
        .isEmpty();
  }

  /** Uses are counted once each, and each enrolled one device. */
  void requireClaimsCounted(int claims) throws SQLException {
    assertThat(texts("select id from claims c where used > uses or used <>"
            + " (select count(distinct device) from claim_uses where claim = c.id) or used <>"
            + " (select count(*) from claim_uses where claim = c.id)"))
        .as("claims whose uses do not add up")
        .isEmpty();
    assertThat(texts("select device from claim_uses u where not exists"
            + " (select * from certificates where identity like '%/device/' || u.device and "
            + SIGNED + ")"))
        .as("uses that enrolled nobody")
        .isEmpty();
    assertThat(texts("select id from claims")).hasSize(claims);
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
