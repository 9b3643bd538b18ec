package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialReader;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A device whose bootstrap key is in a PKCS#11 token of SoftHSM's, and never comes out. */
@Timeout(120)
class TokenIT {

  private static final String PIN = "2468";
  private static final String ALIAS = "factory-key";
  private static final List<Path> LIBRARIES = List.of(
      Path.of("/usr/lib/softhsm/libsofthsm2.so"),
      Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
      Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"));

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();

  /** The library looks for its settings and its tokens once in a process. */
  private static Provider token() throws Exception {
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
    Process process = new ProcessBuilder(
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            "device",
            "--so-pin",
            "13579",
            "--pin",
            PIN)
        .redirectErrorStream(true)
        .start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    Matcher slot = Pattern.compile("slot ([0-9]+)\\s*$").matcher(out.strip());
    assertThat(slot.find()).as(out).isTrue();
    Path library = LIBRARIES.stream().filter(Files::exists).findFirst().orElseThrow();
    return Security.getProvider("SunPKCS11").configure("""
        --name = device
        library = "%s"
        slot = %s
        attributes(generate, CKO_PRIVATE_KEY, *) = {
          CKA_SIGN = true
          CKA_SENSITIVE = true
          CKA_EXTRACTABLE = false
        }
        """.formatted(library, slot.group(1)));
  }

  /** As at the factory: the key is made in the token. */
  private X509Certificate personalize(Provider token) throws Exception {
    KeyStore store = store(token);
    store.load(null, PIN.toCharArray());
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", token);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    HeldCertificate bootstrap = HeldCertificate.builder()
        .commonName("d-1")
        .keys(new KeyPair(keys.getPublic(), null))
        .signedBy(pki.factory)
        .build();
    store.setKeyEntry(
        ALIAS, keys.getPrivate(), null, new X509Certificate[] {bootstrap.certificate()});
    ((AuthProvider) token).logout();
    return bootstrap.certificate();
  }

  private static KeyStore store(Provider token) throws Exception {
    return KeyStore.getInstance("PKCS11", token);
  }

  private static Credential read(Provider token, String alias, char[] pin) throws Exception {
    try {
      return CredentialReader.keyStore(store(token), alias, pin);
    } finally {
      assertThat(pin).containsOnly('\0');
    }
  }

  @Test
  void enrolsWithAKeyThatStaysInItsToken() throws Exception {
    Provider token = token();
    X509Certificate bootstrap = personalize(token);
    assertThatThrownBy(() -> read(token, ALIAS, PIN.toCharArray()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("register its provider first, Security.addProvider(...)");
    ((AuthProvider) token).logout();
    Security.addProvider(token);
    try (FakeEst est = new FakeEst(pki)) {
      assertThatThrownBy(() -> read(token, ALIAS, "1111".toCharArray()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the PIN of the key store PKCS11 of SunPKCS11-device is wrong")
          .hasMessageContaining("a token locks")
          .hasMessageNotContaining("1111");
      assertThatThrownBy(() -> read(token, "nobody", PIN.toCharArray()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("there is no private key 'nobody'")
          .hasMessageContaining("it holds [" + ALIAS + "]");
      Credential credential = read(token, ALIAS, PIN.toCharArray());
      assertThat(credential.key().getEncoded()).isNull();

      TlsCredential enrolled = keeper(est, credential).valid();

      assertThat(est.requests).extracting(FakeEst.Request::shown).containsExactly(bootstrap);
      assertThat(enrolled.identity().device()).isEqualTo(new DeviceId("d-1"));
    } finally {
      Security.removeProvider(token.getName());
    }
  }

  private IdentityKeeper keeper(FakeEst est, Credential bootstrap) {
    DeviceFolder memory = new DeviceFolder(folder);
    DeviceTrust trust = TestPki.trust(memory, pki.anchors());
    EstSettings settings = new EstSettings(
        est.uri(),
        TestPki.FLEET,
        bootstrap,
        new DeviceId("d-1"),
        Duration.ofSeconds(20),
        Duration.ofSeconds(20));
    Clock clock = Clock.systemUTC();
    return new IdentityKeeper(
        memory.credentials(),
        new Enrolment(settings, trust, roots -> {}, memory.pendingKey(), clock),
        trust,
        settings,
        clock,
        new Callbacks("test", new DeviceListener() {}));
  }
}
