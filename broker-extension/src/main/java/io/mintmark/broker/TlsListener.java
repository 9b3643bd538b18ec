package io.mintmark.broker;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Credential;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener, as far as it consists of files: HiveMQ reads the listener's key
 * and trust from two PKCS#12 files, before it binds the port, and cannot bind it without. The key
 * file comes into being as the last step of the extension's start; the runnable broker deletes it
 * before every start. So when the extension does not start, for whatever reason, no port opens, not
 * for an instant.
 *
 * <p>Later on HiveMQ looks at the files every 10 s and, when their bytes have changed, gives new
 * connections a TLS context of its own; those there are keep theirs. It takes note of the bytes a
 * moment after it has read the files for the first time, and so for good overlooks a change in
 * between: what changes before it listens is written once more after. Thread-safe.
 */
final class TlsListener implements ListenerGate {

  private static final Logger log = LoggerFactory.getLogger(TlsListener.class);

  private final Path keyStore;
  private final Path trustStore;
  private final String passphrase;
  private Collection<X509Certificate> trusted;
  private Credential shown;
  private boolean opened;
  private boolean listening;
  private String refused;

  /** With a passphrase that is new with each start. */
  TlsListener(Path folder) {
    this(folder, random());
  }

  /** With a passphrase that HiveMQ's configuration has, too. */
  TlsListener(Path folder, String passphrase) {
    this.keyStore = folder.resolve("listener.p12");
    this.trustStore = folder.resolve("listener-trust.p12");
    this.passphrase = passphrase;
  }

  private static String random() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  Path keyStore() {
    return keyStore;
  }

  Path trustStore() {
    return trustStore;
  }

  /** Of both files. A secret. */
  String passphrase() {
    return passphrase;
  }

  /** Takes the files away: without them no listener opens. */
  synchronized void shut() throws IOException {
    Files.deleteIfExists(keyStore);
    Files.deleteIfExists(trustStore);
  }

  @Override
  public synchronized void open(Credential credential, Collection<X509Certificate> anchors)
      throws IOException {
    if (trusted == null) {
      trust(anchors);
    }
    opened = true;
    show(credential);
  }

  /** {@inheritDoc} Before {@link #open} it does nothing: the key is what opens the port. */
  @Override
  public synchronized void show(Credential credential) throws IOException {
    if (!opened) {
      return;
    }
    write(
        keyStore,
        store -> store.setKeyEntry(
            "broker",
            credential.key(),
            passphrase.toCharArray(),
            credential.chain().toArray(new Certificate[0])));
    shown = credential;
  }

  @Override
  public synchronized void listening() throws IOException {
    if (!listening) {
      listening = true;
      // Other bytes each time: PKCS#12 is salted.
      trust(trusted);
      show(shown);
    }
  }

  @Override
  public synchronized void trust(Collection<X509Certificate> anchors) throws IOException {
    write(trustStore, store -> {
      int i = 0;
      for (X509Certificate anchor : anchors) {
        store.setCertificateEntry("anchor-" + i++, anchor);
      }
    });
    trusted = List.copyOf(anchors);
  }

  /** {@inheritDoc} A start may be refused after its last step. */
  @Override
  public synchronized void refused(String why) {
    refused = why;
    opened = false;
    try {
      shut();
    } catch (IOException e) {
      log.error("the listener's key file {} could not be deleted: {}", keyStore, e.toString());
    }
  }

  /** Whether the extension came to the end of its start. */
  synchronized boolean isOpened() {
    return opened;
  }

  /** Why the extension did not start; null if it did not say. */
  synchronized String whyRefused() {
    return refused;
  }

  private interface Entries {
    void addTo(KeyStore store) throws GeneralSecurityException;
  }

  private void write(Path file, Entries entries) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      entries.addTo(store);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.store(bytes, passphrase.toCharArray());
      AtomicFile.writeSecret(file, bytes.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
