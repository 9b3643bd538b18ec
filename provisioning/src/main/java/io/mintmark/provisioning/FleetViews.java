package io.mintmark.provisioning;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.ca.Purpose;
import io.mintmark.provisioning.presence.ClonePolicy;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import java.net.URI;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** What operators see of fleets, ready for JSON. Thread-safe. */
public final class FleetViews {

  /**
   * A fleet.
   *
   * @param id its id
   * @param factoryCas the subjects of the factory CAs it trusts
   * @param factoryCrls the CRLs of factory CAs that enrolment looks into
   * @param enrolment how devices enrol: manifest, open, claim or approval
   * @param deviceId where the bootstrap certificate has the device's id; null with claims
   * @param again what happens when an enrolled device bootstraps again
   * @param webhook who decides approvals beside operators, without the query; or null
   * @param channelBinding whether requests are tied to their TLS connection
   * @param serverKeygen whether the service makes keys for devices that ask for it
   * @param lifetime of its certificates, as the YAML would say it
   * @param backdate how long before its issuing a certificate begins to be valid
   * @param keyTypes the types of keys that are certified
   * @param extendedKeyUsage what certificates may be used for
   * @param dnsNames templates of DNS names certificates carry
   * @param renewalWindow when, in the life of a certificate, it should be renewed
   * @param expiredGrace how long after its end a certificate may still be renewed
   * @param clientId the template of the client ids its devices may use
   * @param publish what its devices may publish, as of {@link GrantForm}
   * @param subscribe what they may subscribe to, likewise
   * @param clones what follows when one of them shows signs of a clone
   * @param devices how many it has, whatever their state
   */
  public record FleetView(
      String id,
      List<String> factoryCas,
      List<CrlView> factoryCrls,
      EnrolmentPolicy.Mode enrolment,
      DeviceIdSource deviceId,
      EnrolmentPolicy.Again again,
      String webhook,
      EnrolmentPolicy.ChannelBinding channelBinding,
      boolean serverKeygen,
      String lifetime,
      String backdate,
      List<String> keyTypes,
      List<String> extendedKeyUsage,
      List<String> dnsNames,
      String renewalWindow,
      String expiredGrace,
      String clientId,
      List<?> publish,
      List<?> subscribe,
      ClonePolicy clones,
      long devices) {}

  /**
   * A CRL of a factory CA.
   *
   * @param issuer the CA's subject
   * @param nextUpdate when it is out of date, and enrolment waits for the one after it
   * @param revoked how many certificates it lists
   */
  public record CrlView(String issuer, Instant nextUpdate, int revoked) {}

  private final Registry registry;
  private final Fleets fleets;

  FleetViews(Registry registry, Fleets fleets) {
    this.registry = registry;
    this.fleets = fleets;
  }

  /** All fleets by id. */
  public List<FleetView> list() {
    return registry.read(
        h -> FleetTable.all(h).stream().map(fleet -> view(h, fleet)).toList());
  }

  /**
   * One fleet.
   *
   * @throws Refusal NOT_FOUND if there is none of this id
   */
  public FleetView find(FleetId id) throws Refusal {
    return registry.read(h -> FleetTable.find(h, id)
        .map(fleet -> view(h, fleet))
        .orElseThrow(() -> new Refusal(Refusal.Kind.NOT_FOUND, "fleet '" + id + "' is not known")));
  }

  /**
   * The fleet itself.
   *
   * @throws Refusal NOT_FOUND if there is none of this id
   */
  public Fleet fleet(FleetId id) throws Refusal {
    return fleets
        .find(id)
        .orElseThrow(() -> new Refusal(Refusal.Kind.NOT_FOUND, "fleet '" + id + "' is not known"));
  }

  /** Whether the fleet exists: the cheap question of {@code /cacerts}. */
  public boolean exists(FleetId id) {
    return fleets.find(id).isPresent();
  }

  private static CrlView view(X509CRL crl) {
    int revoked =
        crl.getRevokedCertificates() == null ? 0 : crl.getRevokedCertificates().size();
    return new CrlView(
        crl.getIssuerX500Principal().getName(), crl.getNextUpdate().toInstant(), revoked);
  }

  private static FleetView view(Handle handle, Fleet fleet) {
    EnrolmentPolicy policy = fleet.enrolment();
    DeviceProfile profile = fleet.profile();
    return new FleetView(
        fleet.id().value(),
        fleet.factoryCas().stream()
            .map(ca -> ca.getSubjectX500Principal().getName())
            .toList(),
        fleet.factoryCrls().stream().map(FleetViews::view).toList(),
        policy.mode(),
        policy.mode() == EnrolmentPolicy.Mode.CLAIM ? null : policy.deviceId(),
        policy.again(),
        policy.webhook() == null ? null : withoutQuery(policy.webhook().url()),
        policy.channelBinding(),
        policy.serverKeygen(),
        DurationText.of(profile.lifetime()),
        DurationText.of(profile.backdate()),
        profile.keyTypes().stream().map(KeyType::word).toList(),
        profile.purposes().stream().map(Purpose::word).toList(),
        profile.dnsNames().stream().map(DnsNameTemplate::text).toList(),
        profile.renewal().toString(),
        DurationText.of(profile.expiredGrace()),
        fleet.clientId().template(),
        GrantForm.publish(fleet.topics()),
        GrantForm.subscribe(fleet.topics()),
        fleet.clones(),
        FleetTable.devices(handle, fleet.id()));
  }

  /** A query may hold what only the service and its webhook should know. */
  private static String withoutQuery(URI url) {
    String text = url.toString();
    return url.getRawQuery() == null ? text : text.substring(0, text.indexOf('?'));
  }
}
