package io.mintmark.provisioning;

import io.mintmark.identity.Printable;
import io.mintmark.provisioning.ca.CertifiedNames;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * Compares what a request would like to be called with what it will be called. A request may leave
 * its names out; it must not contradict ours, and what it says is never copied.
 */
final class RequestedNames {

  private RequestedNames() {}

  /**
   * Checks the names of a request.
   *
   * @throws Refusal INVALID if the subject is neither empty nor exactly the common name, or a
   *     subjectAltName is none of those the certificate will carry
   */
  static void check(NamedRequest request, CertifiedNames names) throws Refusal {
    try {
      checkSubject(X500Name.getInstance(request.subject()), names);
      if (request.subjectAltName() != null) {
        checkAltNames(GeneralNames.getInstance(request.subjectAltName()), names);
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, "the request's names cannot be read");
    }
  }

  private static void checkSubject(X500Name subject, CertifiedNames names) throws Refusal {
    RDN[] parts = subject.getRDNs();
    boolean same = parts.length == 1
        && !parts[0].isMultiValued()
        && parts[0].getFirst().getType().equals(BCStyle.CN)
        && IETFUtils.valueToString(parts[0].getFirst().getValue()).equals(names.commonName());
    if (parts.length > 0 && !same) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the request's subject '"
              + Printable.of(subject.toString())
              + "' contradicts the identity: leave it empty or use CN="
              + names.commonName()
              + " alone");
    }
  }

  private static void checkAltNames(GeneralNames requested, CertifiedNames names) throws Refusal {
    List<GeneralName> ours = Arrays.asList(names.subjectAltName().getNames());
    for (GeneralName name : requested.getNames()) {
      if (!ours.contains(name)) {
        throw new Refusal(
            Refusal.Kind.INVALID,
            "the request's subjectAltName '"
                + Printable.of(name.getName().toString())
                + "' contradicts the identity: leave it out or use "
                + names.spiffeId());
      }
    }
  }
}
