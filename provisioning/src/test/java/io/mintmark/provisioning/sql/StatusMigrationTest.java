package io.mintmark.provisioning.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.provisioning.CertificateStatus;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.RevokedSerial;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A registry from before it knew since when a certificate is not good. */
class StatusMigrationTest {

  @Test
  void whatWasEndedWasEndedNow(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("registry.db");
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + file);
    Flyway.configure(Registry.class.getClassLoader())
        .dataSource(source)
        .locations("classpath:io/mintmark/provisioning/sql/sqlite")
        .target("10")
        .load()
        .migrate();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("""
          insert into issuers (id, position, role, state, certificate, not_after, created_at)
          values ('ca', 0, 'issuing', 'active', x'00', 0, 0)
          """);
      statement.executeUpdate("""
          insert into certificates (serial, identity, key_sha256, not_before, not_after, state,
                                    reason, content, reserved_at, issuer)
          values ('1', 'x', '', 0, 0, 'issued', null, x'00', 0, 'ca'),
                 ('2', 'x', '', 0, 0, 'revoked', 'keyCompromise', x'00', 0, 'ca'),
                 ('3', 'x', '', 0, 0, 'superseded', 'superseded', x'00', 0, 'ca'),
                 ('4', 'x', '', 0, 0, 'reserved', null, x'00', 0, 'ca')
          """);
    }
    try (Registry registry = Registry.open(file)) {
      assertThat(status(registry, 1)).isEqualTo(new CertificateStatus.Good());
      assertThat(status(registry, 4)).isEqualTo(new CertificateStatus.Unknown());
      for (int serial : new int[] {2, 3}) {
        CertificateStatus.Revoked revoked = (CertificateStatus.Revoked) status(registry, serial);
        assertThat(revoked.at()).isAfter(Instant.now().minus(Duration.ofHours(1)));
        assertThat(revoked.reason())
            .isEqualTo(serial == 2 ? RevocationReason.KEY_COMPROMISE : RevocationReason.SUPERSEDED);
      }
      List<RevokedSerial> notGood = registry.read(h -> StatusTable.notGood(h, "ca", Instant.EPOCH));
      assertThat(notGood).hasSize(2);
    }
  }

  private static CertificateStatus status(Registry registry, long serial) {
    return registry.read(h -> StatusTable.status(h, "ca", BigInteger.valueOf(serial)));
  }
}
