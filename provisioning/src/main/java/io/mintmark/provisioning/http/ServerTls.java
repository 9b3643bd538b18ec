package io.mintmark.provisioning.http;

import io.mintmark.identity.Credential;
import io.mintmark.provisioning.tls.BindableEngine;
import io.mintmark.provisioning.tls.CipherSuites;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * TLS 1.2 and 1.3 of one port: the credential it shows, which {@link #use} replaces while the
 * server runs, and whether it asks clients for theirs. Thread-safe.
 *
 * <p>No session is ever resumed. A resumed session speaks for the certificate of the handshake it
 * resumes, or for none, whatever key the client holds by then: a device that fetched {@code
 * /cacerts} anonymously or has just renewed would be refused for a certificate it no longer means,
 * and who once got hold of a session's secret could go on without the key. Resuming would save
 * little here: a device comes once in a certificate's life and a broker keeps its connection. JSSE
 * has no switch for it (its server honours TLS 1.2 tickets past the session timeout), so each
 * connection gets an SSLContext, and with it ticket keys, of its own; that costs a few
 * microseconds. Under TLS 1.3 {@link AnyClientCertificate} sees to it that no ticket is sent at all.
 *
 * <p>Engines are the JDK's, or {@link BindableEngine} for connections that must be able to tell
 * their channel bindings.
 */
final class ServerTls {

  /** A credential, and what JSSE takes of it. */
  private record Shown(Credential credential, KeyManager[] keyManagers) {}

  /** Jetty's settings around engines of our own making. */
  private final class Factory extends SslContextFactory.Server {

    @Override
    public SSLEngine newSSLEngine() {
      if (bindable.getAsBoolean()) {
        return new BindableEngine(shown.credential());
      }
      SSLEngine engine = context().createSSLEngine();
      customize(engine);
      return engine;
    }

    /** The peer's address would only serve as the key of a session cache. */
    @Override
    public SSLEngine newSSLEngine(String host, int port) {
      return newSSLEngine();
    }
  }

  private static final TrustManager[] TRUST = {new AnyClientCertificate()};

  private final SecureRandom random = new SecureRandom();
  private final SslContextFactory.Server factory = new Factory();
  private final BooleanSupplier bindable;
  private volatile Shown shown;

  private ServerTls(Credential credential, boolean askForCertificate, BooleanSupplier bindable) {
    this.bindable = bindable;
    use(credential);
    factory.setWantClientAuth(askForCertificate);
    factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    // JSSE weighs each suite anew in each handshake, and the others do not fit our key anyway.
    factory.setIncludeCipherSuites(CipherSuites.names());
    factory.setRenegotiationAllowed(false);
    // Jetty reads the protocols and cipher suites there are from this one.
    factory.setSslContext(context());
  }

  /**
   * Asks clients for a certificate, and goes on without one.
   *
   * @param bindable asked for each connection: whether it must be able to tell its channel bindings
   */
  static ServerTls askingForCertificates(Credential credential, BooleanSupplier bindable) {
    return new ServerTls(credential, true, bindable);
  }

  /** Never asks for a certificate. */
  static ServerTls withoutClientCertificates(Credential credential) {
    return new ServerTls(credential, false, () -> false);
  }

  SslContextFactory.Server factory() {
    return factory;
  }

  /** Shows this credential from the next handshake on; connections there are stay. */
  void use(Credential credential) {
    shown = new Shown(credential, new KeyManager[] {credential.keyManager()});
  }

  private SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(shown.keyManagers(), TRUST, random);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot set up TLS", e);
    }
  }
}
