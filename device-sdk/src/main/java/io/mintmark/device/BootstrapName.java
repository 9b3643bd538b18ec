package io.mintmark.device;

import io.mintmark.identity.DeviceId;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** What a bootstrap certificate calls its device. */
final class BootstrapName {

  private static final String SERIAL_NUMBER = "SERIALNUMBER";
  private static final Map<String, String> KEYWORDS = Map.of("2.5.4.5", SERIAL_NUMBER);

  private BootstrapName() {}

  /**
   * The subject's serialNumber attribute (IEEE 802.1AR, section 8.6), else its CN, where that is a
   * device id.
   */
  static Optional<DeviceId> of(X509Certificate certificate) {
    LdapName subject;
    try {
      subject = new LdapName(
          certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, KEYWORDS));
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
    return Stream.of(SERIAL_NUMBER, "CN")
        .flatMap(type -> subject.getRdns().stream().filter(r -> r.getType().equals(type)))
        .map(Rdn::getValue)
        .filter(value -> value instanceof String name && DeviceId.isValid(name))
        .map(value -> new DeviceId((String) value))
        .findFirst();
  }
}
