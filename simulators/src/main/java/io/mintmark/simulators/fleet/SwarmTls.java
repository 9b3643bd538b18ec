package io.mintmark.simulators.fleet;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import io.mintmark.identity.Credential;
import io.mintmark.simulators.RememberingTrust;
import java.security.KeyStore;
import java.security.Provider;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;

/**
 * TLS of the devices of a swarm: each shows its own credential, all share what they trust. One
 * configuration is for one connection, so that no session is resumed and each handshake is a full one.
 * Thread-safe.
 */
final class SwarmTls {

  private static final List<String> PROTOCOLS = List.of("TLSv1.3");

  /** The one every implementation has (RFC 8446, section 9.1), so that all brokers do the same. */
  private static final List<String> SUITES = List.of("TLS_AES_128_GCM_SHA256");

  /** The factories want one; it provides nothing. */
  private static final Provider NOBODY =
      new Provider("MintmarkSwarm", "1", "credentials of virtual devices") {
        private static final long serialVersionUID = 1L;
      };

  private final TrustManagerFactory trust;

  SwarmTls(RememberingTrust trust) {
    this.trust = new Trusting(trust);
  }

  /** For one connection that shows this credential. */
  MqttClientSslConfig showing(StoredCredential credential) {
    return MqttClientSslConfig.builder()
        .keyManagerFactory(new Showing(Credential.keyManager(credential.key(), credential.chain())))
        .trustManagerFactory(trust)
        .protocols(PROTOCOLS)
        .cipherSuites(SUITES)
        .build();
  }

  private static final class Showing extends KeyManagerFactory {
    Showing(KeyManager manager) {
      super(
          new KeyManagerFactorySpi() {
            @Override
            protected void engineInit(KeyStore store, char[] password) {}

            @Override
            protected void engineInit(ManagerFactoryParameters parameters) {}

            @Override
            protected KeyManager[] engineGetKeyManagers() {
              return new KeyManager[] {manager};
            }
          },
          NOBODY,
          "one");
    }
  }

  private static final class Trusting extends TrustManagerFactory {
    Trusting(TrustManager manager) {
      super(
          new TrustManagerFactorySpi() {
            @Override
            protected void engineInit(KeyStore store) {}

            @Override
            protected void engineInit(ManagerFactoryParameters parameters) {}

            @Override
            protected TrustManager[] engineGetTrustManagers() {
              return new TrustManager[] {manager};
            }
          },
          NOBODY,
          "one");
    }
  }
}
