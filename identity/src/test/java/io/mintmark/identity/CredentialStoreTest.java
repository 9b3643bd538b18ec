package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialStoreTest {

  @TempDir
  Path folder;

  private final HeldCertificate root = HeldCertificate.builder().authority(1).build();
  private final Credential first =
      HeldCertificate.builder().signedBy(root).build().credential();
  private final Credential second =
      HeldCertificate.builder().signedBy(root).build().credential();

  @Test
  void isEmptyUntilSaved() throws IOException {
    CredentialStore store = new CredentialStore(folder.resolve("deep/er/credential.pem"));
    assertThat(store.load()).isEmpty();
    store.save(first);
    assertThat(store.load().orElseThrow().certificate()).isEqualTo(first.certificate());
    assertThat(store.load().orElseThrow().key().getEncoded())
        .isEqualTo(first.key().getEncoded());
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    CredentialStore store = new CredentialStore(folder.resolve("credential.pem"));
    store.save(first);
    store.save(second);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.file())))
        .isEqualTo("rw-------");
  }

  @Test
  void whatACrashLeftHalfWrittenChangesNothing() throws IOException {
    CredentialStore store = new CredentialStore(folder.resolve("credential.pem"));
    store.save(first);
    Files.writeString(folder.resolve("credential.pem.tmp"), "half a credenti");
    assertThat(store.load().orElseThrow().certificate()).isEqualTo(first.certificate());
    store.save(second);
    assertThat(store.load().orElseThrow().certificate()).isEqualTo(second.certificate());
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(store.file());
    }
  }

  @Test
  void aFailedSaveKeepsTheOneBefore() throws IOException {
    CredentialStore store = new CredentialStore(folder.resolve("credential.pem"));
    store.save(first);
    // A folder in the way of the temporary file: the write fails as it would on a full disk.
    Files.createDirectories(folder.resolve("credential.pem.tmp/occupied"));
    assertThatThrownBy(() -> store.save(second)).isInstanceOf(IOException.class);
    assertThat(store.load().orElseThrow().certificate()).isEqualTo(first.certificate());
  }

  @Test
  void aTornFileIsNamedAndNotQuoted() throws IOException {
    CredentialStore store = new CredentialStore(folder.resolve("credential.pem"));
    store.save(first);
    String pem = Files.readString(store.file());
    Files.writeString(store.file(), pem.substring(0, 120));
    assertThatThrownBy(store::load)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("credential.pem")
        .hasMessageNotContaining(pem.substring(40, 60));
  }

  @Test
  void aKeyAndACertificateThatDoNotBelongTogetherAreRefused() {
    assertThatThrownBy(() -> new Credential(first.key(), second.chain()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not belong");
    assertThat(first.toString()).doesNotContain("PRIVATE");
  }
}
