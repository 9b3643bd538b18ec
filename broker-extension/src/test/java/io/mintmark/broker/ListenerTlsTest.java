package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.configuration.service.entity.Tls;
import com.hivemq.security.exception.SslException;
import com.hivemq.security.ssl.SslContextFactory;
import com.hivemq.security.ssl.SslContextStore;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerTlsTest {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();
  private TlsListener files;

  @BeforeEach
  void writeFiles() throws Exception {
    files = new TlsListener(folder);
    files.open(pki.broker("b1").credential(), pki.anchors());
  }

  private Tls.Builder tls() {
    return new Tls.Builder()
        .withKeystorePath(files.keyStore().toString())
        .withKeystorePassword(files.passphrase())
        .withKeystoreType("PKCS12")
        .withPrivateKeyPassword(files.passphrase())
        .withTruststorePath(files.trustStore().toString())
        .withTruststorePassword(files.passphrase())
        .withTruststoreType("PKCS12")
        .withClientAuthMode(Tls.ClientAuthMode.REQUIRED)
        .withProtocols(List.of())
        .withCipherSuites(List.of());
  }

  private static void isLikeHiveMqs(Tls tls) {
    SslContext ours = new ListenerTls().createSslContext(tls);
    SslContext hiveMqs = new SslContextFactory().createSslContext(tls);
    assertThat(ours.cipherSuites()).isEqualTo(hiveMqs.cipherSuites());
    assertThat(ours.sessionTimeout()).isEqualTo(hiveMqs.sessionTimeout());
    assertThat(ours.sessionCacheSize()).isEqualTo(hiveMqs.sessionCacheSize());
    assertThat(ours.applicationProtocolNegotiator().protocols())
        .isEqualTo(hiveMqs.applicationProtocolNegotiator().protocols());
    assertThat(((JdkSslContext) ours).context().getProvider())
        .isEqualTo(((JdkSslContext) hiveMqs).context().getProvider());
    SSLEngine engine = ours.newEngine(UnpooledByteBufAllocator.DEFAULT);
    SSLEngine other = hiveMqs.newEngine(UnpooledByteBufAllocator.DEFAULT);
    assertThat(engine.getNeedClientAuth()).isTrue();
    for (Function<SSLParameters, Object> setting : List.<Function<SSLParameters, Object>>of(
        SSLParameters::getProtocols,
        SSLParameters::getCipherSuites,
        SSLParameters::getNeedClientAuth,
        SSLParameters::getUseCipherSuitesOrder,
        SSLParameters::getEndpointIdentificationAlgorithm,
        SSLParameters::getAlgorithmConstraints,
        SSLParameters::getApplicationProtocols,
        SSLParameters::getEnableRetransmissions,
        SSLParameters::getMaximumPacketSize)) {
      assertThat(setting.apply(engine.getSSLParameters()))
          .isEqualTo(setting.apply(other.getSSLParameters()));
    }
  }

  @Test
  void aContextIsAsHiveMqMakesIt() {
    isLikeHiveMqs(tls().build());
    isLikeHiveMqs(tls()
        .withProtocols(List.of("TLSv1.2"))
        .withCipherSuites(List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"))
        .build());
  }

  @Test
  void nobodyIsTrustedWithoutATrustStore() {
    Tls none = tls().withTruststorePath(null).build();
    assertThatThrownBy(() -> new ListenerTls().createSslContext(none))
        .isInstanceOf(SslException.class);
  }

  @Test
  void hiveMqsStoreTakesItsContextsFromHere() throws Exception {
    ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    boolean[] asked = {false};
    try {
      SslContextStore store = new SslContextStore(executor, new SslContextFactory() {
        @Override
        public SslContext createSslContext(Tls tls) {
          asked[0] = true;
          return super.createSslContext(tls);
        }
      });
      ListenerTls.giveTo(store);
      assertThat(store.getAndInitAsync(tls().build())).isNotNull();
      assertThat(asked[0]).as("HiveMQ's own factory").isFalse();
    } finally {
      executor.shutdownNow();
    }
  }
}
