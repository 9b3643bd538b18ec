package io.mintmark.broker;

import com.google.inject.Injector;
import com.hivemq.configuration.service.entity.Tls;
import com.hivemq.security.exception.SslException;
import com.hivemq.security.ssl.SslContextFactory;
import com.hivemq.security.ssl.SslContextStore;
import com.hivemq.security.ssl.SslUtil;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.lang.reflect.Field;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes the TLS of the runnable broker's listeners from their files, at the start and whenever these
 * have changed: as HiveMQ does itself, but for {@link ProvenTrust}, and never without asking for a
 * certificate. Thread-safe.
 */
final class ListenerTls extends SslContextFactory {

  private static final String FIELD = "sslContextFactory";

  /**
   * Has HiveMQ use it.
   *
   * @param hiveMq bootstrapped, not started
   * @throws BrokerStartException if this HiveMQ has no place for it
   */
  static void giveTo(Injector hiveMq) throws BrokerStartException {
    giveTo(hiveMq.getInstance(SslContextStore.class));
  }

  /** HiveMQ's modules cannot be added to, and its store is given its factory by them alone. */
  static void giveTo(SslContextStore store) throws BrokerStartException {
    try {
      Field factory = SslContextStore.class.getDeclaredField(FIELD);
      factory.setAccessible(true);
      factory.set(store, new ListenerTls());
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new BrokerStartException(
          "this HiveMQ is not the one the broker was built with: " + SslContextStore.class.getName()
              + " has no " + FIELD + " to set; start it with the libraries it came with",
          e);
    }
  }

  @Override
  public SslContext createSslContext(Tls tls) {
    TrustManagerFactory trusted = SslUtil.getTrustManagerFactory(tls);
    if (trusted == null) {
      throw new SslException("The listener has no trust store");
    }
    SslContextBuilder builder = builder(SslUtil.getKeyManagerFactory(tls), trusted);
    if (!tls.getProtocols().isEmpty()) {
      builder.protocols(tls.getProtocols());
    }
    List<String> suites = tls.getCipherSuites().isEmpty() ? null : tls.getCipherSuites();
    try {
      return builder.ciphers(suites, SupportedCipherSuiteFilter.INSTANCE).build();
    } catch (SSLException e) {
      throw new SslException("Not able to create SSL server context", e);
    }
  }

  /** For a listener with these keys, and clients with certificates of these roots. */
  static SslContextBuilder builder(KeyManagerFactory keys, TrustManagerFactory trusted) {
    return SslContextBuilder.forServer(keys)
        .sslProvider(SslProvider.JDK)
        .trustManager(ProvenTrust.around(trusted.getTrustManagers()[0]))
        .clientAuth(ClientAuth.REQUIRE);
  }
}
