package io.mintmark.broker;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Collection;

/** Hands everything on; a test overrides what is to go wrong. */
class PassingGate implements ListenerGate {

  private final ListenerGate gate;

  PassingGate(ListenerGate gate) {
    this.gate = gate;
  }

  @Override
  public void open(Credential credential, Collection<X509Certificate> anchors) throws IOException {
    gate.open(credential, anchors);
  }

  @Override
  public void trust(Collection<X509Certificate> anchors) throws IOException {
    gate.trust(anchors);
  }

  @Override
  public void show(Credential credential) throws IOException {
    gate.show(credential);
  }

  @Override
  public void listening() throws IOException {
    gate.listening();
  }

  @Override
  public void refused(String why) {
    gate.refused(why);
  }
}
