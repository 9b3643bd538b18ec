package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialReaderTest {

  private static final String PASSPHRASE = "open sesame";

  @TempDir
  Path folder;

  private final HeldCertificate line = HeldCertificate.builder()
      .commonName("line")
      .authority(0)
      .signedBy(HeldCertificate.builder().commonName("factory").authority(1).build())
      .build();
  private final Credential device =
      HeldCertificate.builder().commonName("d-1").signedBy(line).build().credential();

  private KeyStore store(String... aliases) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (String alias : aliases) {
      store.setKeyEntry(
          alias,
          device.key(),
          PASSPHRASE.toCharArray(),
          device.chain().toArray(new X509Certificate[0]));
    }
    return store;
  }

  private Path file(KeyStore store) throws Exception {
    Path file = folder.resolve("device.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSPHRASE.toCharArray());
    }
    return file;
  }

  private void assertDevice(Credential read) {
    assertThat(read.chain()).isEqualTo(device.chain());
    assertThat(read.key()).isEqualTo(device.key());
  }

  private static void assertUnread(ThrowingCallable reading, String... texts) {
    assertThatThrownBy(reading)
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(texts).doesNotContain("sesame"));
  }

  @Test
  void readsPemFromOneFileOrTwo() throws Exception {
    Path both = Files.writeString(folder.resolve("both.pem"), device.toPem());
    Path key = Files.writeString(folder.resolve("key.pem"), Pem.encode(device.key()));
    Path chain = Files.writeString(folder.resolve("chain.pem"), Pem.encode(device.chain()));

    assertDevice(CredentialReader.pem(both));
    assertDevice(CredentialReader.pem(key, chain));
    assertUnread(() -> CredentialReader.pem(chain, key), chain.toString(), "no PRIVATE KEY block");
    assertUnread(() -> CredentialReader.pem(key, key), key.toString(), "no CERTIFICATE block");
    assertUnread(
        () -> CredentialReader.pem(folder.resolve("none.pem")),
        "there is no file " + folder.resolve("none.pem"));
    Path other = Files.writeString(folder.resolve("other.pem"), Pem.encode(line.chain()));
    assertUnread(() -> CredentialReader.pem(key, other), "key does not belong to the certificate");
  }

  @Test
  void readsPkcs12AsOpensslMakesIt() throws Exception {
    ForeignPrograms.require("openssl");
    Path both = Files.writeString(folder.resolve("both.pem"), device.toPem());
    Path file = folder.resolve("openssl.p12");
    Process openssl = new ProcessBuilder(
            "openssl",
            "pkcs12",
            "-export",
            "-in",
            both.toString(),
            "-out",
            file.toString(),
            "-passout",
            "pass:" + PASSPHRASE)
        .inheritIO()
        .start();
    assertThat(openssl.waitFor()).isZero();

    assertDevice(CredentialReader.pkcs12(file, PASSPHRASE.toCharArray()));
  }

  @Test
  void saysWhyAPkcs12FileIsNotUsable() throws Exception {
    Path file = file(store("device"));
    char[] passphrase = PASSPHRASE.toCharArray();
    assertDevice(CredentialReader.pkcs12(file, passphrase));
    assertThat(passphrase).containsOnly('\0');

    char[] wrong = "close sesame".toCharArray();
    assertUnread(
        () -> CredentialReader.pkcs12(file, wrong), "the passphrase of " + file + " is wrong");
    assertThat(wrong).containsOnly('\0');
    file(store("a", "b"));
    assertUnread(() -> CredentialReader.pkcs12(file, PASSPHRASE.toCharArray()), "it holds [a, b]");
    file(store());
    assertUnread(() -> CredentialReader.pkcs12(file, PASSPHRASE.toCharArray()), "holds none");
    Files.writeString(file, "no key store");
    assertUnread(
        () -> CredentialReader.pkcs12(file, PASSPHRASE.toCharArray()), "is not a PKCS#12 file");
    Files.delete(file);
    assertUnread(
        () -> CredentialReader.pkcs12(file, PASSPHRASE.toCharArray()), "there is no file " + file);
  }

  @Test
  void saysWhyAKeyStoreIsNotUsable() throws Exception {
    KeyStore store = store("device");
    char[] pin = PASSPHRASE.toCharArray();
    assertDevice(CredentialReader.keyStore(store, "device", pin));
    assertThat(pin).containsOnly('\0');

    assertUnread(
        () -> CredentialReader.keyStore(store, "device", "close sesame".toCharArray()),
        "the PIN of the key store PKCS12 of ",
        "is wrong");
    assertUnread(
        () -> CredentialReader.keyStore(store, "nobody", PASSPHRASE.toCharArray()),
        "there is no private key 'nobody'",
        "it holds [device]");
    store.setCertificateEntry("root", line.certificate());
    assertUnread(
        () -> CredentialReader.keyStore(store, "root", null), "there is no private key 'root'");
    store.setKeyEntry(
        "odd",
        device.key(),
        PASSPHRASE.toCharArray(),
        List.of(line.certificate()).toArray(new X509Certificate[0]));
    assertUnread(
        () -> CredentialReader.keyStore(store, "odd", PASSPHRASE.toCharArray()),
        "the key 'odd'",
        "does not belong to the certificate");
  }
}
