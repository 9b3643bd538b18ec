package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.RenewalId;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Registry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** An installation from before its CAs were recorded. */
class IssuerMigrationTest {

  @Test
  void goesOnWithTheCaThereIs(@TempDir Path folder) throws Exception {
    try (TestInstallation installation = new TestInstallation(folder.resolve("data"))) {
      installation.manifest("d-1", "d-2");
      X509Certificate certificate = installation.enroll("d-1");
      String issuer = installation.get().authority().issuingKeyId();
      List<X509Certificate> anchors = installation.get().authority().trustAnchors();
      long head = installation.get().feed().head();
      List<String> audited = installation.audited();
      installation.stop();
      asOfSchema4(installation.folder.resolve("registry.db"));

      installation.start();
      assertThat(installation.get().authority().trustAnchors()).isEqualTo(anchors);
      assertThat(installation.get().authority().issuingKeyId()).isEqualTo(issuer);
      assertThat(installation.get().feed().head()).isEqualTo(head);
      assertThat(installation.audited()).isEqualTo(audited);
      assertThat(installation.renew(certificate)).isNotNull();
      assertThat(installation.enroll("d-2")).isNotNull();
      installation.get().earlyRenewals().ofIssuer(issuer, "1h", "o");
      assertThat(installation
              .get()
              .renewalInformation()
              .of(RenewalId.of(certificate).toString())
              .window()
              .end())
          .isBefore(installation.clock.instant().plusSeconds(3601));
      installation.stop();
      assertAscribed(installation.folder.resolve("registry.db"), issuer);
      installation.start();
    }
  }

  private static void assertAscribed(Path file, String issuer) throws Exception {
    try (Registry registry = Registry.open(file)) {
      assertThat(registry.read(IssuerTable::all))
          .extracting(i -> i.role() + " " + i.state() + " " + i.keyRef())
          .containsExactly("ROOT ACTIVE ca/root.p12", "ISSUING ACTIVE ca/issuing.p12");
      assertThat(registry.<List<String>, RuntimeException>read(
              h -> h.createQuery("select distinct issuer from certificates")
                  .mapTo(String.class)
                  .list()))
          .containsExactly(issuer);
    }
  }

  /** The same rows in tables of schema 4. */
  private static void asOfSchema4(Path file) throws Exception {
    Path copy = file.resolveSibling("schema4.db");
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + copy);
    Flyway.configure(Registry.class.getClassLoader())
        .dataSource(source)
        .locations("classpath:io/mintmark/provisioning/sql/sqlite")
        .target("4")
        .load()
        .migrate();
    try (var connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("attach database '" + file + "' as later");
      for (String table : column(
          statement,
          "select name from main.sqlite_master where type = 'table' and name not like 'sqlite%'"
              + " and name <> 'flyway_schema_history'")) {
        String columns = String.join(
            ", ", column(statement, "select name from pragma_table_info('" + table + "')"));
        statement.execute("delete from main." + table);
        statement.execute("insert into main." + table + " (" + columns + ") select " + columns
            + " from later." + table);
      }
    }
    Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<String> column(Statement statement, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet found = statement.executeQuery(query)) {
      while (found.next()) {
        values.add(found.getString(1));
      }
    }
    return values;
  }
}
