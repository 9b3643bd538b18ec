package io.mintmark.provisioning;

import io.mintmark.identity.Printable;
import io.mintmark.provisioning.EnrolmentPolicy.Mode;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a fleet's YAML says of the factory: its CAs and what they have revoked. */
final class FactoryYaml {

  private final Instant now;
  private final List<X509Certificate> cas;
  private final List<X509CRL> crls;

  /**
   * Reads both keys.
   *
   * @param mode how devices enrol: by claim, no factory needs to vouch for them
   * @throws YamlException if a CA is needed and there is none, or one of them or a CRL cannot be used
   */
  FactoryYaml(Section top, Mode mode, Instant now) throws YamlException {
    this.now = now;
    this.cas = readCas(top);
    if (cas.isEmpty() && mode != Mode.CLAIM) {
      throw YamlException.at(
          top.line(), "'" + FleetYaml.FACTORY_CAS + "' needs at least one CA certificate");
    }
    if (mode == Mode.CLAIM && top.has(FleetYaml.FACTORY_CRL)) {
      throw YamlException.at(
          top.line(),
          "'" + FleetYaml.FACTORY_CRL + "' does not go with mode claim: who issued a claim"
              + " certificate does not count; revoke the claim instead");
    }
    this.crls = readCrls(top);
  }

  /** Each once; at least one, unless devices enrol by claim. */
  List<X509Certificate> cas() {
    return cas;
  }

  /** One or more, or none; each by one of the CAs. */
  List<X509CRL> crls() {
    return crls;
  }

  private List<X509Certificate> readCas(Section top) throws YamlException {
    List<X509Certificate> all = new ArrayList<>();
    for (Scalar item : top.scalars(FleetYaml.FACTORY_CAS)) {
      for (X509Certificate ca : FleetYaml.certificates("factory CA", item)) {
        checkFactoryCa(item.line(), ca);
        if (!all.contains(ca)) {
          all.add(ca);
        }
      }
    }
    return all;
  }

  private void checkFactoryCa(int line, X509Certificate ca) throws YamlException {
    String name = "factory CA '" + Printable.of(ca.getSubjectX500Principal().getName()) + "' ";
    boolean[] usage = ca.getKeyUsage();
    if (ca.getBasicConstraints() < 0 || (usage != null && !usage[5])) {
      throw YamlException.at(
          line, name + "is not a CA certificate: it may not sign others (RFC 5280, 4.2.1.9)");
    }
    if (ca.getNotAfter().toInstant().isBefore(now)) {
      throw YamlException.at(line, name + "expired at " + ca.getNotAfter().toInstant());
    }
  }

  private List<X509CRL> readCrls(Section top) throws YamlException {
    Optional<Scalar> value = top.scalar(FleetYaml.FACTORY_CRL);
    if (value.isEmpty()) {
      return List.of();
    }
    Scalar text = value.get();
    if (!text.text().contains("-----BEGIN ")) {
      throw YamlException.at(
          text.line(),
          "factory CRL '"
              + Printable.of(text.text())
              + "' is not PEM: send the CRL's text itself ('mintmark fleet apply' puts files in)");
    }
    return FleetYaml.valueOf(text, pem -> {
      List<X509CRL> found = FactoryCrls.read(pem.getBytes(StandardCharsets.US_ASCII));
      found.forEach(crl -> FactoryCrls.check(crl, cas, now));
      return found;
    });
  }
}
