package io.mintmark.cli;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ProvisioningService;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The credential of the broker that runs in the service's own process. */
final class BrokerCredential {

  private BrokerCredential() {}

  /**
   * Sees to it that the broker's folder holds a credential the service would issue today: made when
   * missing, when its host names changed, when another CA issues than then, or when two thirds of its
   * life are over. From then on the broker looks after it itself.
   */
  static void ensure(ProvisioningService service, Path folder, String name, List<String> hosts)
      throws Exception {
    AtomicFile.write(folder.resolve("trust.pem"), Pem.encode(service.trustAnchors()));
    CredentialStore store = new CredentialStore(folder.resolve("credential.pem"));
    if (isGood(store.load(), service, hosts)) {
      return;
    }
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] request = CertificateRequest.create(keys, name);
    store.save(new Credential(keys.getPrivate(), service.certifyBroker(name, request, hosts)));
  }

  private static boolean isGood(
      Optional<Credential> stored, ProvisioningService service, List<String> hosts)
      throws IOException {
    if (stored.isEmpty() || !service.issues(stored.get().certificate())) {
      return false;
    }
    X509Certificate certificate = stored.get().certificate();
    Validity validity = Validity.of(certificate);
    Instant renewAt =
        validity.notBefore().plus(validity.lifetime().multipliedBy(2).dividedBy(3));
    return Instant.now().isBefore(renewAt) && names(certificate).containsAll(hosts);
  }

  private static Set<String> names(X509Certificate certificate) throws IOException {
    try {
      Set<String> names = new HashSet<>();
      for (List<?> name : certificate.getSubjectAlternativeNames()) {
        names.add(String.valueOf(name.get(1)));
      }
      return names;
    } catch (CertificateParsingException e) {
      throw new IOException("the broker's certificate is not readable", e);
    }
  }
}
