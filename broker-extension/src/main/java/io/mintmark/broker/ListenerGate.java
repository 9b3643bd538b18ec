package io.mintmark.broker;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Collection;

/**
 * The listener in front of the extension, where it is ours: it can open only after the extension
 * has started, and it trusts what the extension tells it to.
 */
interface ListenerGate {

  /** In a HiveMQ installation the listener is the operator's. */
  ListenerGate SOMEBODY_ELSES = new ListenerGate() {
    @Override
    public void open(Credential credential, Collection<X509Certificate> anchors) {
      // HiveMQ opens its listeners after the extensions have started.
    }

    @Override
    public void trust(Collection<X509Certificate> anchors) {
      // Its trust store is the operator's to keep.
    }

    @Override
    public void show(Credential credential) {
      // And so is its key store.
    }

    @Override
    public void listening() {
      // It listens to what the operator gave it.
    }

    @Override
    public void refused(String why) {
      // HiveMQ logs the reason.
    }
  };

  /**
   * The last step of a start: from here on the listener can open.
   *
   * @param anchors whom it trusts, unless {@link #trust} has named others meanwhile
   */
  void open(Credential credential, Collection<X509Certificate> anchors) throws IOException;

  /** The anchors have changed: new handshakes are held to these within some seconds. */
  void trust(Collection<X509Certificate> anchors) throws IOException;

  /**
   * The credential has changed: new handshakes show this one within some seconds, connections stay.
   */
  void show(Credential credential) throws IOException;

  /** The listener has opened. */
  void listening() throws IOException;

  /** The extension does not start; the listener stays shut. */
  void refused(String why);
}
