package io.mintmark.cli;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Devices with a certificate each, written straight into a registry: enrolling so many takes long. */
final class SeededFleet implements AutoCloseable {

  private final Connection registry;

  SeededFleet(Path data) throws SQLException {
    registry = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("registry.db"));
    execute("pragma busy_timeout = 20000");
  }

  /** Adds devices {@code d-00000} and so on, enrolled, to a fleet there is. */
  void add(String fleet, int devices) throws SQLException {
    String domain = text("select value from settings where name = 'trust-domain'");
    String issuer = text("select id from issuers where role = 'issuing' and state = 'active'");
    long now = Instant.now().toEpochMilli();
    registry.setAutoCommit(false);
    try (PreparedStatement device = registry.prepareStatement("""
            insert into devices (id, fleet, state, attributes, created_at)
            values (?, ?, 'active', '{}', ?)
            """);
        PreparedStatement certificate = registry.prepareStatement("""
            insert into certificates (serial, identity, key_sha256, not_before, not_after, state,
                                      content, reserved_at, issuer, factory_cas)
            values (?, ?, ?, ?, ?, 'issued', ?, ?, ?, '[]')
            """)) {
      for (int i = 0; i < devices; i++) {
        String id = String.format(Locale.ROOT, "d-%05d", i);
        device.setString(1, id);
        device.setString(2, fleet);
        device.setLong(3, now);
        device.addBatch();
        certificate.setString(1, Long.toHexString((1L << 60) + i));
        certificate.setString(2, "spiffe://" + domain + "/fleet/" + fleet + "/device/" + id);
        certificate.setString(3, "%064x".formatted(i));
        certificate.setLong(4, now);
        certificate.setLong(5, now + Duration.ofDays(7).toMillis());
        certificate.setBytes(6, new byte[700]);
        certificate.setLong(7, now);
        certificate.setString(8, issuer);
        certificate.addBatch();
      }
      device.executeBatch();
      certificate.executeBatch();
      registry.commit();
    }
    registry.setAutoCommit(true);
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = registry.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String query) throws SQLException {
    return Long.parseLong(text(query));
  }

  String text(String query) throws SQLException {
    try (Statement statement = registry.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      if (!row.next()) {
        throw new SQLException("nothing: " + query);
      }
      return row.getString(1);
    }
  }

  @Override
  public void close() throws SQLException {
    registry.close();
  }
}
