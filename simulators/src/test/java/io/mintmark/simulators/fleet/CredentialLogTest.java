package io.mintmark.simulators.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.simulators.fleet.CredentialLog.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialLogTest {

  private static final HeldCertificate CA =
      HeldCertificate.builder().commonName("issuer").authority(1).build();
  private static final HeldCertificate BELOW =
      HeldCertificate.builder().commonName("below").authority(0).signedBy(CA).build();

  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void place() {
    file = folder.resolve("credentials");
  }

  private static StoredCredential credential(String name) {
    return StoredCredential.of(
        HeldCertificate.builder().commonName(name).signedBy(BELOW).build().credential());
  }

  private static void assertSame(StoredCredential found, StoredCredential put) {
    assertThat(found.chain()).isEqualTo(put.chain());
    assertThat(found.key().getEncoded()).isEqualTo(put.key().getEncoded());
    // They belong together: this looks.
    assertThat(found.credential().certificate()).isEqualTo(put.certificate());
  }

  @Test
  void givesBackWhatItWasGivenAfterAnyNumberOfOpenings() throws Exception {
    StoredCredential bootstrap = credential("bootstrap");
    StoredCredential first = credential("first");
    StoredCredential renewed = credential("renewed");
    try (CredentialLog log = CredentialLog.open(file)) {
      log.header("one\ntwo");
      log.put(Kind.BOOTSTRAP, 3, bootstrap);
      log.put(Kind.OPERATIONAL, 3, first);
      assertSame(log.get(Kind.OPERATIONAL, 3), first);
    }
    try (CredentialLog log = CredentialLog.open(file)) {
      log.put(Kind.OPERATIONAL, 3, renewed);
      log.header("three");
    }
    try (CredentialLog log = CredentialLog.open(file)) {
      assertThat(log.header()).isEqualTo("three");
      assertThat(log.cutOff()).isZero();
      assertSame(log.get(Kind.BOOTSTRAP, 3), bootstrap);
      assertSame(log.get(Kind.OPERATIONAL, 3), renewed);
      assertThat(log.get(Kind.OPERATIONAL, 2)).isNull();
      assertThat(log.has(Kind.BOOTSTRAP, 7)).isFalse();
    }
  }

  @Test
  void keepsCertificatesLongerThanASignedShortSays() throws Exception {
    StoredCredential large = StoredCredential.of(HeldCertificate.builder()
        .commonName("large")
        .extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), false, new byte[40_000])
        .signedBy(BELOW)
        .build()
        .credential());
    try (CredentialLog log = CredentialLog.open(file)) {
      log.put(Kind.OPERATIONAL, 0, large);
      assertSame(log.get(Kind.OPERATIONAL, 0), large);
    }
  }

  @Test
  void isTheOwnersAlone() throws Exception {
    CredentialLog.open(file).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void losesTheLastRecordAtMostWhereverAWriteEnded() throws Exception {
    StoredCredential kept = credential("kept");
    StoredCredential lost = credential("lost");
    long before;
    try (CredentialLog log = CredentialLog.open(file)) {
      log.put(Kind.OPERATIONAL, 0, kept);
      before = Files.size(file);
      log.put(Kind.OPERATIONAL, 1, lost);
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length = (int) before; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (CredentialLog log = CredentialLog.open(file)) {
        assertThat(log.cutOff()).isEqualTo(length - before);
        assertThat(log.has(Kind.OPERATIONAL, 1)).isFalse();
        log.put(Kind.OPERATIONAL, 1, lost);
      }
      try (CredentialLog log = CredentialLog.open(file)) {
        assertThat(log.cutOff()).isZero();
        assertSame(log.get(Kind.OPERATIONAL, 0), kept);
        assertSame(log.get(Kind.OPERATIONAL, 1), lost);
      }
    }
  }

  @Test
  void takesNothingThatDoesNotAddUp() throws Exception {
    long before;
    try (CredentialLog log = CredentialLog.open(file)) {
      log.put(Kind.OPERATIONAL, 0, credential("kept"));
      before = Files.size(file);
      log.put(Kind.OPERATIONAL, 1, credential("changed"));
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    try (CredentialLog log = CredentialLog.open(file)) {
      assertThat(log.has(Kind.OPERATIONAL, 0)).isTrue();
      assertThat(log.has(Kind.OPERATIONAL, 1)).isFalse();
      assertThat(Files.size(file)).isEqualTo(before);
    }
    // Length zero, as a file system leaves behind that lost its power.
    Files.write(file, new byte[4096], StandardOpenOption.APPEND);
    try (CredentialLog log = CredentialLog.open(file)) {
      assertThat(log.cutOff()).isEqualTo(4096);
    }
  }

  @Test
  void holdsMoreThanIsReadAtOnce() throws Exception {
    StoredCredential one = credential("one");
    try (CredentialLog log = CredentialLog.open(file)) {
      for (int device = 0; device < 6_000; device++) {
        log.put(Kind.OPERATIONAL, device, one);
      }
    }
    assertThat(Files.size(file)).isGreaterThan(2 << 20);
    try (CredentialLog log = CredentialLog.open(file)) {
      assertThat(log.cutOff()).isZero();
      assertSame(log.get(Kind.OPERATIONAL, 5_999), one);
    }
  }

  @Test
  void leavesOutWhatHoldsNoLongerWhereThatIsMostOfIt() throws Exception {
    StoredCredential bootstrap = credential("bootstrap");
    StoredCredential old = credential("old");
    StoredCredential current = credential("current");
    StoredCredential other = StoredCredential.of(
        HeldCertificate.builder().commonName("other").signedBy(CA).build().credential());
    try (CredentialLog log = CredentialLog.open(file)) {
      log.header("first");
      log.put(Kind.BOOTSTRAP, 1, bootstrap);
      for (int i = 0; i < 3_000; i++) {
        log.put(Kind.OPERATIONAL, 1, old);
      }
      log.put(Kind.OPERATIONAL, 1, current);
      log.put(Kind.OPERATIONAL, 40, other);
      log.header("second");
    }
    byte[] grown = Files.readAllBytes(file);
    assertThat(grown).hasSizeGreaterThan(1 << 20);
    // A run that was killed while it wrote the new file has left a part of that.
    Path left = Files.write(folder.resolve("credentials.new"), Arrays.copyOf(grown, 5_000));
    for (int run = 0; run < 2; run++) {
      try (CredentialLog log = CredentialLog.open(file)) {
        assertThat(Files.size(file)).isLessThan(10_000);
        assertThat(left).doesNotExist();
        assertThat(log.header()).isEqualTo("second");
        assertSame(log.get(Kind.BOOTSTRAP, 1), bootstrap);
        assertSame(log.get(Kind.OPERATIONAL, 1), current);
        assertSame(log.get(Kind.OPERATIONAL, 40), other);
        assertThat(log.has(Kind.OPERATIONAL, 0)).isFalse();
        // It is as well guarded, and goes on growing.
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
        assertThatThrownBy(() -> CredentialLog.open(file))
            .hasMessageContaining("in use by another");
        log.put(Kind.OPERATIONAL, 2, old);
      }
    }
  }

  @Test
  void keepsALogThatIsMostlyInUseAsItIs() throws Exception {
    StoredCredential one = credential("one");
    try (CredentialLog log = CredentialLog.open(file)) {
      for (int device = 0; device < 6_400; device++) {
        log.put(Kind.OPERATIONAL, device % 3_600, one);
      }
    }
    long size = Files.size(file);
    CredentialLog.open(file).close();
    assertThat(Files.size(file)).isEqualTo(size).isGreaterThan(2 << 20);
  }

  @Test
  void refusesWhatIsNoStateAndWhatIsInUse() throws Exception {
    Files.writeString(file, "something else");
    assertThatThrownBy(() -> CredentialLog.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            file + " is not the state of a fleet: choose another folder, or move the file away");
    Files.delete(file);
    try (CredentialLog log = CredentialLog.open(file)) {
      assertThat(log.header()).isNull();
      assertThatThrownBy(() -> CredentialLog.open(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use by another run");
    }
  }
}
