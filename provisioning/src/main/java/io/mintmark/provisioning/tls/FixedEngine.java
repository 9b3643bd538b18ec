package io.mintmark.provisioning.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

/** The settings of a server's engine, none of which can be changed. */
abstract class FixedEngine extends SSLEngine {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private static void keep(boolean asItIs) {
    if (!asItIs) {
      throw new IllegalArgumentException("the settings of this engine are fixed");
    }
  }

  /** Everything is done within wrap and unwrap. */
  @Override
  public Runnable getDelegatedTask() {
    return null;
  }

  /** None is told before the handshake is over. */
  @Override
  public SSLSession getHandshakeSession() {
    return null;
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return CipherSuites.names();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return CipherSuites.names();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    keep(false);
  }

  @Override
  public String[] getSupportedProtocols() {
    return PROTOCOLS.clone();
  }

  @Override
  public String[] getEnabledProtocols() {
    return PROTOCOLS.clone();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    keep(false);
  }

  @Override
  public boolean getUseClientMode() {
    return false;
  }

  @Override
  public void setUseClientMode(boolean mode) {
    keep(!mode);
  }

  @Override
  public boolean getNeedClientAuth() {
    return false;
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    keep(!need);
  }

  @Override
  public boolean getWantClientAuth() {
    return true;
  }

  @Override
  public void setWantClientAuth(boolean want) {
    keep(want);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return true;
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    keep(flag);
  }
}
