package io.mintmark.broker;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/**
 * What an operator gives a new broker: the invitation it shows, and the roots it trusts. One PEM
 * file: a key, its certificate, and then the roots.
 *
 * @param invitation key and certificate; a secret
 * @param anchors the roots
 */
record BootstrapFile(Credential invitation, List<X509Certificate> anchors) {

  /**
   * Reads one.
   *
   * @throws StartRefusedException if it cannot be read, or is none
   */
  static BootstrapFile read(Path file) throws StartRefusedException {
    try {
      String pem = Files.readString(file);
      List<X509Certificate> certificates = Pem.certificates(pem);
      if (certificates.size() < 2) {
        throw new IllegalArgumentException("it names no root to trust");
      }
      return new BootstrapFile(
          new Credential(Pem.privateKey(pem), certificates.subList(0, 1)),
          certificates.subList(1, certificates.size()));
    } catch (IOException e) {
      throw new StartRefusedException("the invitation " + file + " cannot be read: " + e, e);
    } catch (IllegalArgumentException e) {
      throw new StartRefusedException(
          file + " is no invitation of a broker: " + e.getMessage()
              + "; have one made with 'mintmark broker invite'",
          e);
    }
  }

  /** Tells invitations apart: SHA-256 of the certificate. */
  String id() {
    try {
      return Pem.fingerprint(invitation.certificate().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }

  /** The broker that is invited: the CN. */
  static String name(Credential invitation) throws IOException {
    String subject = invitation.certificate().getSubjectX500Principal().getName();
    try {
      return String.valueOf(new LdapName(subject).getRdn(0).getValue());
    } catch (InvalidNameException | IndexOutOfBoundsException e) {
      throw new IOException("the invitation's subject '" + subject + "' names no broker", e);
    }
  }
}
