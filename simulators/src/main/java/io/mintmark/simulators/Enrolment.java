package io.mintmark.simulators;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import io.mintmark.identity.FleetId;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/** EST by hand (RFC 7030), for devices that do not behave like the SDK. */
record Enrolment(Installation installation, FleetId fleet) {

  /** A first operational credential, by the bootstrap one and a key of one's choice. */
  Credential enrol(DeviceId device, Credential bootstrap, KeyPair keys) throws EstException {
    byte[] request = CertificateRequest.create(keys, device.value());
    return credential(keys, est(bootstrap).simpleEnroll(request));
  }

  /** The next operational credential, by the current one. */
  Credential renew(Credential current, KeyPair keys) throws EstException {
    byte[] request = CertificateRequest.renew(keys, current.certificate());
    return credential(keys, est(current).simpleReenroll(request));
  }

  /** Whether the service answers what it answers to everybody (section 4.1). */
  boolean answers() {
    try {
      new EstClient(
              EstClient.label(installation.service(), fleet),
              Credential.anonymousTlsContext(installation.trust()))
          .caCertificates();
      return true;
    } catch (EstException e) {
      return false;
    }
  }

  private EstClient est(Credential shown) {
    return new EstClient(
        EstClient.label(installation.service(), fleet), shown.tlsContext(installation.trust()));
  }

  /** Without the root, which the broker has. */
  private Credential credential(KeyPair keys, List<X509Certificate> answer) {
    Set<X509Certificate> roots = Set.copyOf(installation.trust());
    return new Credential(
        keys.getPrivate(), answer.stream().filter(c -> !roots.contains(c)).toList());
  }
}
