package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Credential;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.ca.Chains;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start makes of a data folder, whatever state that is in. */
class StartTest {

  private static final TrustDomain DOMAIN = new TrustDomain("example.org");

  private static final char[] TYPED = "correct horse".toCharArray();

  @TempDir
  Path parent;

  private final MovableClock clock = new MovableClock();

  private Path folder() {
    return parent.resolve("data");
  }

  private Provisioning open() throws StartException {
    return open(TestInstallation.config(folder(), null, List.of(), null, clock), Map.of());
  }

  private static Provisioning open(ProvisioningConfig config, Map<String, String> environment)
      throws StartException {
    return open(config, new Secrets(environment, question -> null));
  }

  private static Provisioning open(ProvisioningConfig config, Secrets secrets)
      throws StartException {
    return Provisioning.open(config, secrets, UnaryOperator.identity());
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused() {
    return assertRefused(TestInstallation.config(folder(), null, List.of(), null, clock));
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ProvisioningConfig config) {
    return assertThatThrownBy(() -> open(config, Map.of()).close())
        .isInstanceOf(StartException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void fillsAnEmptyFolder() throws Exception {
    try (Provisioning service = open()) {
      assertThat(service.trustDomain()).isEqualTo(new TrustDomain("mintmark.local"));
      assertThat(service.authority().trustAnchors()).hasSize(1);
      assertThat(service.authority().caCertificates()).hasSize(2);
      assertThat(service.feed().after(0).entries())
          .singleElement()
          .satisfies(entry ->
              assertThat(entry.bundle().anchors()).isEqualTo(service.authority().trustAnchors()));
      String token = Files.readString(folder().resolve("operator.token")).strip();
      assertThat(service.operators().authenticate(token)).contains("operator");
      assertThat(service.operators().authenticate(token + "x")).isEmpty();
      assertThat(service.audit().after(0, 10))
          .extracting(AuditRow::action)
          .containsExactly("installation.created", "operator.created", "service.certified");
    }
    assertThat(Files.readString(folder().resolve("version"))).isEqualTo("1\n");
  }

  @Test
  void letsOnlyTheOwnerReadSecrets() throws Exception {
    open().close();

    for (String secret : List.of(
        "passphrase",
        "ca/root.p12",
        "ca/issuing.p12",
        "service.pem",
        "operator.token",
        "registry.db")) {
      assertThat(PosixFilePermissions.toString(
              Files.getPosixFilePermissions(folder().resolve(secret))))
          .as(secret)
          .isEqualTo("rw-------");
    }
    assertThat(Files.readString(folder().resolve("trust.pem"))).doesNotContain("PRIVATE");
  }

  @Test
  void keepsTheWriteAheadLogPrivateToo() throws Exception {
    try (Provisioning service = open()) {
      service.feed().head();
      assertThat(PosixFilePermissions.toString(
              Files.getPosixFilePermissions(folder().resolve("registry.db-wal"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void keepsEverythingOverARestart() throws Exception {
    List<X509Certificate> anchors;
    Credential tls;
    String feedId;
    try (Provisioning service = open()) {
      anchors = service.authority().trustAnchors();
      tls = service.tls().current();
      feedId = service.feed().after(0).feedId();
    }
    try (Provisioning service = open()) {
      assertThat(service.authority().trustAnchors()).isEqualTo(anchors);
      assertThat(service.tls().current().chain()).isEqualTo(tls.chain());
      assertThat(service.feed().after(0).feedId()).isEqualTo(feedId);
      assertThat(service.feed().head()).isEqualTo(1);
      assertThat(service.audit().after(0, 10)).hasSize(3);
    }
  }

  @Test
  void needsTheRootKeyOnlyOnce() throws Exception {
    List<X509Certificate> anchors;
    try (Provisioning service = open()) {
      anchors = service.authority().trustAnchors();
    }
    Files.delete(folder().resolve("ca/root.p12"));
    Files.delete(folder().resolve("service.pem"));

    try (Provisioning service = open()) {
      assertThat(service.authority().trustAnchors()).isEqualTo(anchors);
      // A certificate was issued at this start: the service's own.
      assertThat(Chains.fault(service.tls().current().chain(), anchors, clock.instant()))
          .isNull();
    }
    assertThat(folder().resolve("ca/root.p12")).doesNotExist();
  }

  /** A crash may come after any file; the next start goes on from there. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void takesUpAnInterruptedFirstStart(int kept) throws Exception {
    // In the order in which they come about.
    List<String> files = List.of(
        "passphrase",
        "ca/root.p12",
        "ca/issuing.p12",
        "trust.pem",
        "operator.token",
        "service.pem");
    Path whole = parent.resolve("whole");
    open(TestInstallation.config(whole, null, List.of(), null, clock), Map.of()).close();
    Files.createDirectories(folder().resolve("ca"));
    for (String file : files.subList(0, kept)) {
      Files.copy(whole.resolve(file), folder().resolve(file));
    }
    // Torn temporary files of the one that was being written.
    Files.writeString(folder().resolve(files.get(kept) + ".tmp"), "torn");

    try (Provisioning service = open()) {
      assertThat(Chains.fault(
              service.tls().current().chain(), service.authority().trustAnchors(), clock.instant()))
          .isNull();
      String token = Files.readString(folder().resolve("operator.token")).strip();
      assertThat(service.operators().authenticate(token)).isPresent();
    }
    for (String file : files.subList(0, Math.min(kept, 5))) {
      assertThat(folder().resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    open().close();
  }

  @Test
  void neverMakesASecondCaOverAnExistingRegistry() throws Exception {
    open().close();
    Files.delete(folder().resolve("ca/issuing.p12"));

    assertRefused()
        .hasMessageContaining("ca/issuing.p12 is missing")
        .hasMessageContaining("backup");
    assertThat(folder().resolve("ca/issuing.p12")).doesNotExist();
  }

  @Test
  void doesNotMakeTheTokenAgain() throws Exception {
    open().close();
    Files.delete(folder().resolve("operator.token"));

    open().close();
    assertThat(folder().resolve("operator.token")).doesNotExist();
  }

  @Test
  void refusesAFolderInUse() throws Exception {
    try (Provisioning service = open()) {
      assertRefused().hasMessageContaining("is in use by another Mintmark");
      assertThat(service.feed().head()).isEqualTo(1);
    }
    open().close();
  }

  @Test
  void refusesAFolderInUseByAnotherProcess() throws Exception {
    open().close();
    Process other = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            LockHolder.class.getName(),
            folder().toString())
        .redirectErrorStream(true)
        .start();
    try {
      assertThat(other.getInputStream().read()).isEqualTo('!');
      assertRefused().hasMessageContaining("is in use by another Mintmark");
    } finally {
      other.destroyForcibly().waitFor();
    }
    // Killed, it lets go.
    open().close();
  }

  @Test
  void refusesANewerFolder() throws Exception {
    Files.createDirectories(folder());
    Files.writeString(folder().resolve("version"), "2\n");

    assertRefused().hasMessageContaining("is of version 2, this Mintmark knows up to 1");
    assertThat(folder().resolve("registry.db")).doesNotExist();
  }

  @Test
  void refusesAnUnreadableVersion() throws Exception {
    Files.createDirectories(folder());
    Files.writeString(folder().resolve("version"), "one");

    assertRefused().hasMessageContaining("does not hold a version number");
  }

  @Test
  void refusesANewerRegistry() throws Exception {
    open().close();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder().resolve("registry.db"));
        var statement = connection.createStatement()) {
      statement.execute("""
          insert into flyway_schema_history
          select 99, '99', 'later', type, 'V99__later.sql', checksum, installed_by, installed_on,
                 execution_time, success
          from flyway_schema_history where installed_rank = 1
          """);
    }

    assertRefused().hasMessageContaining("is of a newer version (schema 99)");
  }

  @Test
  void refusesABrokenRegistry() throws Exception {
    open().close();
    Files.deleteIfExists(folder().resolve("registry.db-wal"));
    Files.writeString(
        folder().resolve("registry.db"), "This is not a database at all. ".repeat(99));

    assertRefused().hasMessageContaining("registry.db cannot be opened");
  }

  @Test
  void refusesAPlaceItCannotWriteTo() throws Exception {
    Files.writeString(folder(), "a file, not a folder");

    assertRefused().hasMessageContaining("the data folder " + folder());
    assertRefused(TestInstallation.config(folder().resolve("below"), null, List.of(), null, clock))
        .hasMessageContaining("cannot be made");
  }

  @Test
  void refusesAnotherTrustDomain() throws Exception {
    open(TestInstallation.config(folder(), DOMAIN, List.of(), null, clock), Map.of())
        .close();

    assertRefused(TestInstallation.config(
            folder(), new TrustDomain("example.net"), List.of(), null, clock))
        .hasMessageContaining("is of trust domain 'example.org', not 'example.net'");
    try (Provisioning service = open()) {
      assertThat(service.trustDomain()).isEqualTo(DOMAIN);
    }
  }

  @Test
  void opensTheKeysWithAGivenPassphrase() throws Exception {
    Path file = Files.writeString(parent.resolve("secret"), "correct horse\n");
    ProvisioningConfig config = TestInstallation.config(folder(), null, List.of(), file, clock);
    open(config, Map.of()).close();

    assertThat(folder().resolve("passphrase")).doesNotExist();
    try (var in = Files.newInputStream(folder().resolve("ca/issuing.p12"))) {
      KeyStore.getInstance("PKCS12").load(in, "correct horse".toCharArray());
    }
    ProvisioningConfig without = TestInstallation.config(folder(), null, List.of(), null, clock);
    open(without, Map.of("MINTMARK_PASSPHRASE", "correct horse")).close();
    assertRefused(without)
        .hasMessageContaining("name its file (--passphrase-file) or set MINTMARK_PASSPHRASE");
  }

  @Test
  void asksForThePassphrase() throws Exception {
    ProvisioningConfig asking =
        TestInstallation.config(folder(), null, List.of(), Path.of("-"), clock);
    List<String> asked = new ArrayList<>();
    assertRefused(asking).hasMessageContaining("nobody typed the CA's passphrase");
    assertThatThrownBy(() ->
            open(asking, new Secrets(Map.of(), q -> q.startsWith("The same") ? null : TYPED)))
        .hasMessageContaining("are not the same");
    open(asking, new Secrets(Map.of(), question -> {
          asked.add(question);
          return TYPED.clone();
        }))
        .close();
    assertThat(asked).containsExactly("Passphrase of the CA keys", "The same again");
    assertThat(folder().resolve("passphrase")).doesNotExist();

    // From the second start on nobody has to say so.
    open(
            TestInstallation.config(folder(), null, List.of(), null, clock),
            new Secrets(Map.of(), question -> TYPED.clone()))
        .close();
    assertThatThrownBy(() -> open(asking, new Secrets(Map.of(), question -> "slip".toCharArray())))
        .hasMessageContaining("wrong passphrase for");
  }

  @Test
  void refusesAWrongPassphrase() throws Exception {
    open().close();
    Path wrong = Files.writeString(parent.resolve("wrong"), "battery staple\n");
    Path empty = Files.writeString(parent.resolve("empty"), "\n");

    assertRefused(TestInstallation.config(folder(), null, List.of(), wrong, clock))
        .hasMessageContaining("wrong passphrase for")
        .hasMessageContaining("issuing.p12")
        .hasMessageNotContaining("staple");
    assertRefused(TestInstallation.config(folder(), null, List.of(), empty, clock))
        .hasMessageContaining("is empty");
    assertRefused(TestInstallation.config(folder(), null, List.of(), parent.resolve("none"), clock))
        .hasMessageContaining("cannot be read");
  }

  @Test
  void refusesAnExpiredIssuingCaWithoutTheRootsKey() throws Exception {
    open().close();
    Files.delete(folder().resolve("ca/root.p12"));
    clock.move(Duration.ofDays(3660));

    assertRefused().hasMessageContaining("issuing.p12 expired at");
  }

  @Test
  void refusesARootThatIssuedAnotherCa() throws Exception {
    open().close();
    // Of the registry the files are the only ones to say which CAs there are.
    Files.delete(folder().resolve("registry.db"));
    Path other = parent.resolve("other");
    open(TestInstallation.config(other, null, List.of(), null, clock), Map.of()).close();
    Files.copy(
        other.resolve("trust.pem"),
        folder().resolve("trust.pem"),
        StandardCopyOption.REPLACE_EXISTING);

    assertRefused().hasMessageContaining("was not issued by a CA trusted here");
  }

  @Test
  void refusesTheKeyOfAnotherCa() throws Exception {
    open().close();
    Path other = parent.resolve("other");
    open(TestInstallation.config(other, null, List.of(), null, clock), Map.of()).close();
    for (String file : List.of("ca/issuing.p12", "passphrase")) {
      Files.copy(other.resolve(file), folder().resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    assertRefused().hasMessageContaining("issuing.p12 holds the key of another CA than");
  }

  @Test
  void writesTheBundleForOperatorsAgain() throws Exception {
    open().close();
    String bundle = Files.readString(folder().resolve("trust.pem"));
    Files.writeString(folder().resolve("trust.pem"), "changed");

    open().close();
    assertThat(folder().resolve("trust.pem")).hasContent(bundle);
  }

  @Test
  void certifiesItselfAgainForOtherHosts() throws Exception {
    open().close();

    ProvisioningConfig moved = TestInstallation.config(
        folder(), null, List.of("pki.example.org", "192.0.2.1", "2001:db8::1"), null, clock);
    X509Certificate certificate;
    try (Provisioning service = open(moved, Map.of())) {
      certificate = service.tls().current().certificate();
      assertThat(certificate.getSubjectAlternativeNames())
          .extracting(name -> name.get(1).toString())
          .containsExactlyInAnyOrder("pki.example.org", "192.0.2.1", "2001:db8:0:0:0:0:0:1");
      assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    }
    try (Provisioning service = open(moved, Map.of())) {
      assertThat(service.tls().current().certificate()).isEqualTo(certificate);
    }
  }

  @Test
  void certifiesItselfAgainPastTwoThirdsOfTheLife() throws Exception {
    try (Provisioning service = open()) {
      Credential first = service.tls().current();
      clock.move(Duration.ofDays(59));
      assertThat(service.tls().current()).isSameAs(first);
      clock.move(Duration.ofDays(2));
      assertThat(service.tls().current()).isNotSameAs(first);
    }
  }

  @Test
  void certifiesItselfAgainWhenTheFileIsBroken() throws Exception {
    open().close();
    Files.writeString(folder().resolve("service.pem"), "broken");

    try (Provisioning service = open()) {
      assertThat(service.tls().current()).isNotNull();
    }
  }

  @Test
  void refusesAHostThatIsNone() {
    assertRefused(
            TestInstallation.config(folder(), null, List.of("https://localhost"), null, clock))
        .hasMessageContaining("host 'https://localhost' is not valid");
  }

  @Test
  void leavesNoSecretInTheRegistry() throws Exception {
    open().close();
    String token = Files.readString(folder().resolve("operator.token")).strip();
    String passphrase = Files.readString(folder().resolve("passphrase")).strip();

    try (Stream<Path> files = Files.list(folder())) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("registry")).toList()) {
        assertThat(contains(file, token)).isFalse();
        assertThat(contains(file, passphrase)).isFalse();
      }
    }
  }

  private static boolean contains(Path file, String text) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
  }
}
