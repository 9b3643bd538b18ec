package io.mintmark.provisioning.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.DeviceIdSource;
import io.mintmark.provisioning.DeviceProfile;
import io.mintmark.provisioning.EnrolmentPolicy;
import io.mintmark.provisioning.Fleet;
import io.mintmark.provisioning.KeyType;
import io.mintmark.provisioning.RenewalShare;
import io.mintmark.provisioning.ca.Purpose;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A registry from before there were modes and profiles. */
class EnrolmentMigrationTest {

  @Test
  void goesOnByManifestWithTheCertificatesItHad(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("registry.db");
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + file);
    Flyway.configure(Registry.class.getClassLoader())
        .dataSource(source)
        .locations("classpath:io/mintmark/provisioning/sql/sqlite")
        .target("1")
        .load()
        .migrate();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("""
          insert into fleets (id, enrolment, lifetime_ms, backdate_ms, client_id, publish,
                              subscribe, created_at, updated_at)
          values ('old', 'manifest', 604800000, 300000, '${device}', '[]', '[]', 0, 0)
          """);
    }
    try (Registry registry = Registry.open(file)) {
      Fleet fleet = registry.read(h -> FleetTable.find(h, new FleetId("old"))).orElseThrow();
      assertThat(fleet.enrolment())
          .isEqualTo(new EnrolmentPolicy(
              EnrolmentPolicy.Mode.MANIFEST,
              DeviceIdSource.SUBJECT,
              EnrolmentPolicy.Again.ALLOW,
              null,
              EnrolmentPolicy.ChannelBinding.OFF,
              false));
      assertThat(fleet.factoryCrls()).isEmpty();
      assertThat(fleet.profile())
          .isEqualTo(new DeviceProfile(
              Duration.ofDays(7),
              Duration.ofMinutes(5),
              List.of(KeyType.values()),
              List.of(Purpose.CLIENT_AUTH),
              List.of(),
              RenewalShare.DEFAULT,
              Duration.ZERO));
    }
  }
}
