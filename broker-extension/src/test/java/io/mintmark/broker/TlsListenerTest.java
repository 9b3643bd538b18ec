package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Credential;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsListenerTest {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();

  private KeyStore read(TlsListener listener, Path file) throws Exception {
    return KeyStore.getInstance(file.toFile(), listener.passphrase().toCharArray());
  }

  @Test
  void nothingButTheEndOfTheStartMakesTheKeyFile() throws Exception {
    TlsListener listener = new TlsListener(folder);
    listener.trust(pki.anchors());
    listener.show(pki.broker("b1").credential());
    assertThat(listener.keyStore()).doesNotExist();
    listener.open(pki.broker("b1").credential(), pki.anchors());
    assertThat(listener.keyStore()).exists();
  }

  @Test
  void bothFilesAreWrittenAnewOnceItListens() throws Exception {
    TlsListener listener = new TlsListener(folder);
    listener.open(pki.broker("b1").credential(), pki.anchors());
    byte[] key = Files.readAllBytes(listener.keyStore());
    byte[] trust = Files.readAllBytes(listener.trustStore());
    listener.listening();
    byte[] keyAfter = Files.readAllBytes(listener.keyStore());
    byte[] trustAfter = Files.readAllBytes(listener.trustStore());
    assertThat(keyAfter).as("other bytes, or HiveMQ would not look").isNotEqualTo(key);
    assertThat(trustAfter).isNotEqualTo(trust);
    listener.listening();
    assertThat(Files.readAllBytes(listener.keyStore())).as("once").isEqualTo(keyAfter);
  }

  @Test
  void theFilesHoldWhatWasGivenLast() throws Exception {
    TlsListener listener = new TlsListener(folder, "a secret of HiveMQ's too");
    listener.open(pki.broker("b1").credential(), pki.anchors());
    listener.trust(pki.roots());
    assertThat(read(listener, listener.trustStore()).size()).isEqualTo(2);
    Credential next = pki.broker("b1").credential();
    listener.show(next);
    assertThat(read(listener, listener.keyStore()).getCertificate("broker"))
        .isEqualTo(next.certificate());
  }
}
