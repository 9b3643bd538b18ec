package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstRetryLaterException;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.IssuerViews.IssuerView;
import io.mintmark.provisioning.IssuerViews.KeyPlace;
import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.ca.KeyToken;
import io.mintmark.provisioning.ca.TokenSettings;
import io.mintmark.provisioning.http.DeviceServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** CA keys in a token of SoftHSM's. */
@Timeout(120)
class KeyTokenIT {

  private static final String PIN = "2468";
  private static final List<Path> LIBRARIES = List.of(
      Path.of("/usr/lib/softhsm/libsofthsm2.so"),
      Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
      Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"));

  @TempDir
  Path folder;

  private final MovableClock clock = new MovableClock();
  private long slot;

  /** Of tokens nobody has used. */
  private static final Queue<Long> SLOTS = new ArrayDeque<>();

  /** The library looks for its settings and its tokens once in a process. */
  @BeforeAll
  static void configure() throws Exception {
    ForeignPrograms.require("softhsm2-util");
    Path settings = Path.of(System.getenv("SOFTHSM2_CONF"));
    Path tokens = settings.resolveSibling("softhsm-tokens");
    if (Files.exists(tokens)) {
      try (Stream<Path> old = Files.walk(tokens)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(tokens);
    Files.writeString(settings, "directories.tokendir = " + tokens + "\n");
    for (int i = 0; i < 7; i++) {
      Matcher m = Pattern.compile("slot ([0-9]+)\\s*$")
          .matcher(softhsm(
              "--init-token", "--free", "--label", "ca-" + i, "--so-pin", "13579", "--pin", PIN));
      assertThat(m.find()).isTrue();
      SLOTS.add(Long.parseLong(m.group(1)));
    }
  }

  @BeforeEach
  void takeToken() throws Exception {
    slot = SLOTS.remove();
    configure(slot, library());
  }

  private static String softhsm(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "softhsm2-util";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out.strip();
  }

  private static Path library() {
    return LIBRARIES.stream().filter(Files::exists).findFirst().orElseThrow();
  }

  private void configure(long inSlot, Path library) throws IOException {
    Files.writeString(
        folder.resolve("service.yaml"),
        "ca:\n  pkcs11: {library: " + library + ", slot: " + inSlot + "}\n");
  }

  private Provisioning open(String pin) throws StartException {
    Secrets secrets =
        new Secrets(pin == null ? Map.of() : Map.of("MINTMARK_PKCS11_PIN", pin), question -> null);
    return open(secrets);
  }

  private Provisioning open(Secrets secrets) throws StartException {
    ProvisioningConfig config =
        TestInstallation.config(folder, new TrustDomain("example.org"), List.of(), null, clock);
    return Provisioning.open(config, secrets, UnaryOperator.identity());
  }

  private void assertRefused(String pin, String... texts) {
    assertThatThrownBy(() -> open(pin).close())
        .isInstanceOf(StartException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "1111").contains(texts));
  }

  @Test
  void keysAreMadeInTheTokenAndStayThere() throws Exception {
    String first;
    String second;
    try (Provisioning service = open(PIN)) {
      first = service.authority().issuingKeyId();
      assertThat(service.issuerViews().list())
          .extracting(IssuerView::key)
          .containsOnly(KeyPlace.HERE);
      assertThat(service.issuerViews().find(first).details().keyRef())
          .isEqualTo("pkcs11:issuing-" + first);
      X509Certificate own = service.tls().current().certificate();
      own.verify(service.authority().issuing().getPublicKey());
    }
    assertThat(folder.resolve("ca")).doesNotExist();
    assertThat(folder.resolve("passphrase")).doesNotExist();
    Files.delete(folder.resolve("service.pem"));

    try (Provisioning service = open(PIN)) {
      assertThat(service.authority().issuingKeyId()).isEqualTo(first);
      service.tls().current().certificate().verify(service.authority().issuing().getPublicKey());
      second = service.caPreparer().issuing("o");
      service.caActivator().activate(second, false, "o");
      service.caPreparer().root(false, "o");
      assertThat(service.caCertifier().request("o")).isNotEmpty();
    }
    try (Provisioning service = open(PIN)) {
      assertThat(service.authority().issuingKeyId()).isEqualTo(second);
      assertThat(service.authority().signer(first)).isPresent();
      assertThat(service.authority().trustAnchors()).hasSize(2);
    }
  }

  @Test
  void aWrongPinAndAMissingTokenAreSaid() throws Exception {
    List<AuditRow> audited;
    try (Provisioning service = open(PIN)) {
      audited = service.audit().after(0, 1000);
    }

    assertRefused("1111", "the PIN of the PKCS#11 token in slot " + slot + " is wrong");
    assertRefused(
        null, "name its file (ca, pkcs11, pin-file in the settings) or set MINTMARK_PKCS11_PIN");
    configure(slot + 1, library());
    assertRefused(PIN, "there is no PKCS#11 token in slot " + (slot + 1), "plug it in");
    configure(slot, Path.of("/usr/lib/no-such-module.so"));
    assertRefused(PIN, "/usr/lib/no-such-module.so is not there");
    Files.delete(folder.resolve("service.yaml"));
    assertRefused(PIN, "is in a PKCS#11 token: name its library and slot");
    configure(slot, library());
    try (Provisioning service = open(PIN)) {
      assertThat(service.audit().after(0, 1000)).isEqualTo(audited);
    }
  }

  /** The service goes on without it as far as it can, and says of the rest why not. */
  @Test
  void aTokenThatGoesWhileTheServiceRunsIsSaid() throws Exception {
    HeldCertificate factory =
        HeldCertificate.builder().commonName("factory").authority(1).build();
    Logger logger = (Logger) LoggerFactory.getLogger("io.mintmark.provisioning.http.Answers");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try (Provisioning service = open(PIN);
        DeviceServer server = DeviceServer.start(service, "127.0.0.1", 0, null)) {
      service.fleets().apply(TestInstallation.yaml(TestInstallation.SENSORS, factory), "o");
      service.manifests().load(TestInstallation.SENSORS, "device\nd-1\nd-2\n", "o");
      assertThat(enroll(service, server, factory, "d-1")).isNotEmpty();
      List<AuditRow> audited = service.audit().after(0, 1000);

      // Whoever logs out does so for the whole process.
      KeyToken.open(new TokenSettings(library(), slot, null), PIN.toCharArray()).close();

      assertThatThrownBy(() -> enroll(service, server, factory, "d-2"))
          .isInstanceOf(EstRetryLaterException.class)
          .hasMessageContaining("answered 503 and asks to try again in PT1M");
      assertThat(log.list).singleElement().satisfies(line -> {
        assertThat(line.getLevel()).isEqualTo(Level.ERROR);
        assertThat(line.getThrowableProxy()).isNull();
        assertThat(line.getFormattedMessage())
            .contains("put off with 503: the key of issuing CA", "start the service again");
      });
      assertThat(service.audit().after(0, 1000)).isEqualTo(audited);
      assertThat(service.devices().find(new DeviceId("d-2")).state())
          .isEqualTo(DeviceState.PENDING);
    } finally {
      logger.detachAppender(log);
    }
    try (Provisioning service = open(PIN);
        DeviceServer server = DeviceServer.start(service, "127.0.0.1", 0, null)) {
      assertThat(enroll(service, server, factory, "d-2")).isNotEmpty();
    }
  }

  private static List<X509Certificate> enroll(
      Provisioning service, DeviceServer server, HeldCertificate factory, String device)
      throws Exception {
    HeldCertificate bootstrap =
        HeldCertificate.builder().commonName(device).signedBy(factory).build();
    EstClient est = new EstClient(
        EstClient.label(URI.create("https://localhost:" + server.port()), TestInstallation.SENSORS),
        bootstrap.credential().tlsContext(service.authority().trustAnchors()));
    return est.simpleEnroll(CertificateRequest.create(CertificateRequest.newKeyPair(), device));
  }

  @Test
  void anotherTokenHoldsOtherKeys() throws Exception {
    open(PIN).close();
    takeToken();

    assertRefused(PIN, "the issuing CA's key pkcs11:issuing-", "is missing");
  }

  @Test
  void thePinMayStandInAFileOrBeTyped() throws Exception {
    open(new Secrets(Map.of(), question -> PIN.toCharArray())).close();
    Path pin = Files.writeString(folder.resolve("pin"), PIN + "\n");
    Files.writeString(
        folder.resolve("service.yaml"),
        "ca:\n  pkcs11: {library: " + library() + ", slot: " + slot + ", pin-file: " + pin + "}\n");
    open((String) null).close();
  }

  @Test
  void anInstallationInFilesMovesOverWithItsNextCa() throws Exception {
    Files.move(folder.resolve("service.yaml"), folder.resolve("later.yaml"));
    String first;
    try (Provisioning service = open((String) null)) {
      first = service.authority().issuingKeyId();
    }
    Files.move(folder.resolve("later.yaml"), folder.resolve("service.yaml"));
    try (Provisioning service = open(PIN)) {
      assertThat(service.authority().issuingKeyId()).isEqualTo(first);
      String next = service.caPreparer().issuing("o");
      assertThat(service.issuerViews().find(next).details().keyRef()).startsWith("pkcs11:");
      service.caActivator().activate(next, false, "o");
      assertThat(service.issuerViews().find(first).state()).isEqualTo(State.RETIRED);
    }
  }
}
