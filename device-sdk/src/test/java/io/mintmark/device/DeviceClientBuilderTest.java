package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceClientBuilderTest {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();

  private DeviceClientBuilder complete() {
    return DeviceClient.builder()
        .service(URI.create("https://localhost:8443"))
        .fleet(TestPki.FLEET)
        .broker("localhost", 8883)
        .folder(folder)
        .bootstrap(pki.bootstrap("d-1"))
        .trust(pki.anchors());
  }

  private DeviceClientBuilder withoutCredentials() {
    return DeviceClient.builder()
        .service(URI.create("https://localhost:8443"))
        .fleet(TestPki.FLEET)
        .broker("localhost", 8883)
        .folder(folder);
  }

  private static void assertUnbuilt(DeviceClientBuilder builder, String... texts) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(UncheckedIOException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(texts));
  }

  @Test
  void namesAllThatIsMissing() {
    assertThatThrownBy(() -> DeviceClient.builder().fleet(TestPki.FLEET).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a device client cannot be built without service(...); broker(...);" + " folder(...)");
    assertThatThrownBy(() -> DeviceClient.builder().folder(folder).build())
        .hasMessageContaining("bootstrap(...), as " + folder + " holds no credential yet")
        .hasMessageContaining("trust(...), as " + folder + " holds no trust bundle yet");
  }

  @Test
  void theFolderMayHoldWhatIsNotGiven() throws Exception {
    theFolderMayHoldWhatIsNotGiven(folder);
  }

  private void theFolderMayHoldWhatIsNotGiven(Path memory) throws Exception {
    Instant now = Instant.now();
    new CredentialStore(memory.resolve("credential.pem"))
        .save(pki.operational(
                "d-1",
                io.mintmark.identity.CertificateRequest.newKeyPair(),
                now,
                now.plusSeconds(60))
            .credential());
    AtomicFile.write(memory.resolve("trust.pem"), Bundle.of(pki.anchors()).pem());
    withoutCredentials().folder(memory).build().close();
  }

  @Test
  void storesTheBundleOnceAndThenReadsIt() throws Exception {
    complete().build().close();
    Path stored = folder.resolve("trust.pem");
    assertThat(new Bundle(Files.readString(stored)).anchors()).isEqualTo(pki.anchors());

    HeldCertificate other = HeldCertificate.builder().authority(1).build();
    complete().trust(java.util.List.of(other.certificate())).build().close();
    assertThat(new Bundle(Files.readString(stored)).anchors()).isEqualTo(pki.anchors());

    Files.writeString(stored, "half a fi");
    complete().build().close();
    assertThat(new Bundle(Files.readString(stored)).anchors()).isEqualTo(pki.anchors());
    Files.writeString(stored, "half a fi");
    Files.writeString(folder.resolve("trust.copy.pem"), "");
    assertUnbuilt(withoutCredentials().bootstrap(pki.bootstrap("d-1")), stored.toString());
    complete().build().close();
    assertThat(new Bundle(Files.readString(stored)).anchors()).isEqualTo(pki.anchors());
  }

  @Test
  void takesCredentialAndRootsFromFiles() throws Exception {
    Credential credential = pki.bootstrap("d-1");
    Path pem = Files.writeString(folder.resolve("factory.pem"), credential.toPem());
    Path p12 = folder.resolve("factory.p12");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "device",
        credential.key(),
        "secret".toCharArray(),
        credential.chain().toArray(new X509Certificate[0]));
    try (OutputStream out = Files.newOutputStream(p12)) {
      store.store(out, "secret".toCharArray());
    }
    Path roots = Files.writeString(folder.resolve("roots.pem"), Pem.encode(pki.anchors()));

    char[] passphrase = "secret".toCharArray();
    withoutCredentials().trust(roots).bootstrapPkcs12(p12, passphrase).build().close();
    assertThat(passphrase).containsOnly('\0');
    withoutCredentials().trust(roots).bootstrapPem(pem).build().close();
    withoutCredentials().trust(roots).bootstrapPem(pem, pem).build().close();
    DeviceClient client = withoutCredentials()
        .trust(roots)
        .bootstrapKeyStore(store, "device", "secret".toCharArray())
        .build();
    assertThat(client.trustAnchors()).isEqualTo(pki.anchors());
    client.close();
  }

  /** They do not keep a device from its work that has a credential. */
  @Test
  void whatCannotBeReadIsSaidUnlessItIsNotNeeded() throws Exception {
    Path none = folder.resolve("none.pem");
    assertUnbuilt(complete().bootstrapPem(none), "there is no file " + none);
    assertUnbuilt(withoutCredentials().bootstrap(pki.bootstrap("d-1")).trust(none), "" + none);
    Path odd = Files.writeString(folder.resolve("odd.pem"), "no PEM");
    assertUnbuilt(complete().bootstrapPem(odd), odd.toString(), "no PRIVATE KEY block");
    assertUnbuilt(withoutCredentials().bootstrap(pki.bootstrap("d-1")).trust(odd), "" + odd);
    assertThatThrownBy(() -> complete().trustFingerprint("ab:cd"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'ab:cd' is no SHA-256 fingerprint");

    theFolderMayHoldWhatIsNotGiven();
    withoutCredentials().bootstrapPem(none).trust(none).build().close();
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaidUnlessItHoldsACredential() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertUnbuilt(complete().folder(file.resolve("below")), file + "/below cannot be written");
    FaultyDisk disk = new FaultyDisk(Files.createDirectory(folder.resolve("disk")));
    disk.protect();
    assertUnbuilt(complete().folder(disk.folder()), "cannot be written", "Read-only file system");
    assertUnbuilt(
        withoutCredentials()
            .bootstrap(pki.bootstrap("d-1"))
            .trustFingerprint("ab".repeat(32))
            .folder(disk.folder()),
        "cannot be written");
    disk.fill();
    assertUnbuilt(complete().folder(disk.folder()), "No space left on device");
    disk.mend();
    theFolderMayHoldWhatIsNotGiven(disk.folder());
    disk.protect();
    complete().folder(disk.folder()).build().close();
  }

  @Test
  void asksForTheDeviceWhereTheCertificateDoesNotTell() {
    DeviceClientBuilder builder = complete()
        .bootstrap(HeldCertificate.builder().commonName("Model T").build().credential());
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Model T")
        .hasMessageContaining("device(...)");
    builder.device(new DeviceId("d-1")).build().close();
  }

  @Test
  void checksValuesWhenTheyAreSet() {
    DeviceClientBuilder b = DeviceClient.builder();
    refused(() -> b.service(URI.create("http://localhost")), "http://localhost");
    refused(() -> b.broker("localhost", 0), "port 0");
    refused(() -> b.broker(" ", 8883), "broker ' '");
    refused(() -> b.clientIdSuffix("-x"), "'-x'");
    refused(() -> b.keepAlive(Duration.ZERO), "keep-alive of PT0S");
    refused(() -> b.sessionExpiry(Duration.ZERO), "session expiry of PT0S");
    refused(() -> b.inFlight(0), "in-flight window of 0");
    refused(() -> b.queueLimit(0), "queue limit of 0");
    refused(() -> b.largestPacket(1), "largest packet of 1");
    refused(() -> b.connectTimeout(Duration.ZERO), "connect timeout of PT0S");
    refused(() -> b.answerTimeout(Duration.ZERO), "answer timeout of PT0S");
    refused(() -> b.will("a/#", new byte[0], 1), "wildcard");
    refused(() -> b.will(Message.of("a", new byte[65_536])), "will's payload of 65536");
    refused(() -> b.responseTopic("commands/${device}/#"), "wildcard");
    refused(() -> b.openRequests(0), "open requests of 0");
    refused(() -> b.answersTo(), "# is all topics");
    refused(() -> b.answersTo("a/#/b"), "is not valid");
    refused(() -> b.will("a", new byte[0], 2), "QoS 2 is not supported");
    refused(
        () -> b.reconnectBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1)),
        "first wait of PT2S");
    refused(() -> b.refusedBackoff(Duration.ZERO, Duration.ofSeconds(1)), "first wait of PT0S");
  }

  @Test
  void checksWhatIsPublishedAndSubscribed() {
    try (DeviceClient client = complete().build()) {
      refused(() -> client.publish("a/+", new byte[0], 1), "a/+");
      refused(() -> client.publish("a", new byte[0], 2), "QoS 2");
      refused(() -> client.subscribe("a#", 1, m -> {}), "a#");
    }
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String what) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(what);
  }
}
