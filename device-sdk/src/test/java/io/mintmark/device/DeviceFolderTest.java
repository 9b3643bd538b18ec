package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.PendingKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What disks do to files, and what becomes of them. */
class DeviceFolderTest {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();
  private final List<X509Certificate> roots =
      List.of(pki.root.certificate(), pki.new NextRoot().root.certificate());

  private DeviceFolder memory() {
    return new DeviceFolder(folder);
  }

  private Credential stored() throws IOException {
    Instant now = Instant.now();
    Credential credential = pki.operational(
            "d-1", CertificateRequest.newKeyPair(), now, now.plusSeconds(60))
        .credential();
    memory().credentials().save(credential);
    return credential;
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** Empty, cut off, and a bit flipped here and there, in letters and into what is no letter. */
  private static List<byte[]> damaged(byte[] good) {
    List<byte[]> all = new ArrayList<>();
    for (int length = 0; length < good.length; length += good.length / 4) {
      all.add(Arrays.copyOf(good, length));
    }
    for (int at = 12; at < good.length; at += good.length / 7) {
      for (int bit : new int[] {1, 0x80}) {
        byte[] flipped = good.clone();
        flipped[at] ^= (byte) bit;
        all.add(flipped);
      }
    }
    return all;
  }

  @Test
  void aDamagedCredentialIsMendedFromItsCopyAndTheCopyFromIt() throws Exception {
    Credential credential = stored();
    for (String name : List.of("credential.pem", "credential.copy.pem")) {
      byte[] good = Files.readAllBytes(file(name));
      for (byte[] bad : damaged(good)) {
        Files.write(file(name), bad);
        assertThat(memory().credentials().load().orElseThrow().chain())
            .isEqualTo(credential.chain());
        assertThat(Files.readAllBytes(file(name))).isEqualTo(good);
      }
      Files.delete(file(name));
      assertThat(memory().hasCredential()).isTrue();
      assertThat(memory().credentials().load()).isPresent();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void damagedRootsAreMendedAndNoneIsForgotten() throws Exception {
    memory().keep(roots);
    byte[] good = Files.readAllBytes(file("trust.pem"));
    for (byte[] bad : damaged(good)) {
      Files.write(file("trust.pem"), bad);
      assertThat(memory().anchors()).contains(roots);
      assertThat(Files.readAllBytes(file("trust.pem"))).isEqualTo(good);
    }
  }

  @Test
  void whatIsDamagedTwiceIsNamedAndNotQuoted() throws Exception {
    stored();
    String pem = Files.readString(file("credential.pem"));
    for (String name : List.of("credential.pem", "credential.copy.pem")) {
      Files.writeString(file(name), pem.substring(0, 300));
    }
    assertThatThrownBy(memory().credentials()::load)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("credential.pem is not usable: it is damaged")
        .hasMessageNotContaining(pem.substring(120, 140));
    assertThat(memory().anchors()).isEmpty();
  }

  /** Whoever put it there: it has no checksum, and no copy yet. */
  @Test
  void takesPemOfOthers() throws Exception {
    Credential credential = stored();
    Files.delete(file("credential.copy.pem"));
    Files.writeString(file("credential.pem"), credential.toPem());
    assertThat(memory().credentials().load()).isPresent();
    assertThat(file("credential.copy.pem")).hasContent(credential.toPem());
  }

  /** One that is out of date would be taken for the device's newest one day. */
  @Test
  void noCopyIsKeptThatIsNotTheSame() throws Exception {
    stored();
    // In the way of the temporary file: the write fails as it would on a full disk.
    Files.createDirectories(file("credential.copy.pem.tmp/occupied"));
    Credential next = stored();
    assertThat(file("credential.copy.pem")).doesNotExist();
    assertThat(memory().credentials().load().orElseThrow().chain()).isEqualTo(next.chain());
  }

  @Test
  void aDamagedPendingKeyIsReplaced() throws Exception {
    PendingKey pending = memory().pendingKey();
    KeyPair keys = pending.take(Optional.empty());
    Path file = file("pending-key.pem");
    byte[] good = Files.readAllBytes(file);
    for (byte[] bad : damaged(good)) {
      Files.write(file, bad);
      assertThat(pending.take(Optional.empty()).getPublic()).isNotEqualTo(keys.getPublic());
    }
    // Halves of two keys.
    Files.writeString(
        file,
        Pem.encode(CertificateRequest.newKeyPair().getPrivate())
            + Pem.encode("PUBLIC KEY", keys.getPublic().getEncoded()));
    KeyPair taken = pending.take(Optional.empty());
    assertThat(taken.getPublic()).isNotEqualTo(keys.getPublic());
    assertThatCode(() -> CertificateRequest.create(taken, "d-1")).doesNotThrowAnyException();
    assertThat(new String(good, StandardCharsets.US_ASCII)).startsWith("# sha256 ");
  }
}
