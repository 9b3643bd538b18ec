package io.mintmark.provisioning.revocation;

import io.mintmark.identity.Printable;
import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.CertificateState;
import io.mintmark.provisioning.CertificateStatus;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.StatusTable;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;

/** What operators see of single certificates, whoever they are of. Thread-safe. */
public final class Certificates {

  /** RFC 5280, section 4.1.2.2: up to 20 octets. */
  private static final String SERIAL = "[0-9a-f]{1,40}";

  private static final int LONGEST_PAGE = 1000;

  /**
   * A certificate, ready for JSON.
   *
   * @param serial lower-case hex
   * @param issuer key id of the CA that signed it
   * @param identity whose: an SPIFFE ID, or what the service calls itself
   * @param state where it stands; it may have expired besides
   * @param notBefore first moment of validity
   * @param notAfter last moment of validity
   * @param since when it stopped being good, for good or while it is on hold; null if it is good
   * @param reason why, a CRLReason; null if it is good
   */
  public record View(
      String serial,
      String issuer,
      String identity,
      CertificateState state,
      Instant notBefore,
      Instant notAfter,
      Instant since,
      String reason) {}

  private final Registry registry;
  private final CertificateAuthority authority;

  /** Those of this registry, by the CAs of this authority. */
  public Certificates(Registry registry, CertificateAuthority authority) {
    this.registry = registry;
    this.authority = authority;
  }

  /**
   * One certificate.
   *
   * @throws Refusal INVALID if the serial is none; NOT_FOUND if it is not known
   */
  public View find(String serial) throws Refusal {
    return registry.read(h -> view(h, require(h, serial, null)));
  }

  /**
   * The latest certificates, the latest first.
   *
   * @param issuerOrNull only those this CA signed, by its key id
   * @param identityOrNull only those of this identity, an SPIFFE ID
   * @param limit at most so many; held to 1..1000
   * @throws Refusal NOT_FOUND for an unknown issuer
   */
  public List<View> list(String issuerOrNull, String identityOrNull, int limit) throws Refusal {
    String issuer = issuerOrNull == null ? null : issuer(issuerOrNull).id();
    int held = Math.max(1, Math.min(limit, LONGEST_PAGE));
    return registry.read(h -> CertificateTable.latest(h, issuer, identityOrNull, held).stream()
        .map(certificate -> view(h, certificate))
        .toList());
  }

  /** A certificate as it stands. */
  CertificateRecord require(Handle handle, String serial, String issuerOrNull) throws Refusal {
    String hex = serial.replace(":", "").toLowerCase(Locale.ROOT);
    if (!hex.matches(SERIAL)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "serial number '" + Printable.of(serial)
              + "' is none: give it in hex, as 'openssl x509 -serial' shows it");
    }
    String issuer = issuerOrNull == null ? null : issuer(issuerOrNull).id();
    BigInteger number = new BigInteger(hex, 16);
    CertificateRecord known = CertificateTable.find(handle, number)
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.NOT_FOUND,
            "no certificate with serial " + number.toString(16) + " was issued here"));
    if (issuer != null && !issuer.equals(known.issuer())) {
      throw new Refusal(
          Refusal.Kind.NOT_FOUND,
          "certificate " + known.serialHex() + " is not of issuing CA " + issuer + " but of "
              + known.issuer());
    }
    return known;
  }

  /**
   * An issuing CA of ours.
   *
   * @throws Refusal NOT_FOUND if it is not known; INVALID if it is a root
   */
  Issuer issuer(String id) throws Refusal {
    Issuer issuer = authority
        .hierarchy()
        .find(id)
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.NOT_FOUND,
            "there is no CA '" + Printable.of(id) + "' here: see 'mintmark ca list'"));
    if (issuer.role() == Issuer.Role.ROOT) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "CA " + issuer.id() + " is a root and signs CAs alone: see 'mintmark ca revoke'");
    }
    return issuer;
  }

  /** For messages, for example {@code revoked since ... (keyCompromise)}. */
  String describe(Handle handle, CertificateRecord certificate) {
    View view = view(handle, certificate);
    return view.state().word()
        + (view.since() == null ? "" : " since " + view.since())
        + (view.reason() == null ? "" : " (" + view.reason() + ")");
  }

  private static View view(Handle handle, CertificateRecord certificate) {
    CertificateStatus status =
        StatusTable.status(handle, certificate.issuer(), certificate.serial());
    CertificateStatus.Revoked bad = status instanceof CertificateStatus.Revoked r ? r : null;
    return new View(
        certificate.serialHex(),
        certificate.issuer(),
        certificate.identity(),
        certificate.state(),
        certificate.validity().notBefore(),
        certificate.validity().notAfter(),
        bad == null ? null : bad.at(),
        bad == null ? null : bad.reason().word());
  }
}
