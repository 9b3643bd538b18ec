package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/**
 * Gives a device its first operational certificate, or another one when it has lost it. Thread-safe.
 */
public final class Enroller {

  /** What the audit log adds when the device did not make its key itself. */
  static final String MADE_HERE = ", key made by the service";

  private final Registry registry;
  private final Fleets fleets;
  private final TrustDomain trustDomain;
  private final EnrolmentRates rates;
  private final Admission admission;
  private final ApprovalRequests approvals;
  private final Issuance issuance;
  private final LiveCertificates liveCertificates;
  private final AuditLog audit;
  private final Clock clock;

  Enroller(
      Registry registry,
      Fleets fleets,
      TrustDomain trustDomain,
      EnrolmentRates rates,
      Admission admission,
      ApprovalRequests approvals,
      Issuance issuance,
      LiveCertificates liveCertificates,
      AuditLog audit,
      Clock clock) {
    this.registry = registry;
    this.fleets = fleets;
    this.trustDomain = trustDomain;
    this.rates = rates;
    this.admission = admission;
    this.approvals = approvals;
    this.issuance = issuance;
    this.liveCertificates = liveCertificates;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * RFC 7030, section 4.2.1. Idempotent on the device and its key.
   *
   * @param fleet the label of the request
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   * @throws Refusal NOT_FOUND for an unknown fleet, FORBIDDEN naming the rule, INVALID if the
   *     request contradicts the identity, TOO_MANY if the device or its fleet asks too often,
   *     PENDING or LATER while nobody has approved
   */
  public X509Certificate enroll(
      FleetId fleet, List<X509Certificate> peerChain, SigningRequest request) throws Refusal {
    String key = Pem.fingerprint(request.publicKey().getEncoded());
    Applicant applicant = applicant(fleet, peerChain, request, key);
    applicant.profile().requireKeyType(request.publicKey());
    refuseBootstrapKey(request, applicant.candidate().certificate());
    requireApproval(applicant);
    return issue(applicant, request.publicKey(), "");
  }

  /** As {@link #enroll}, with a key that is made once nothing speaks against who asks. */
  MadeKey enrollWithMadeKey(FleetId fleet, List<X509Certificate> peerChain, KeyRequest request)
      throws Refusal {
    Applicant applicant = applicant(fleet, peerChain, request, request.sha256());
    requireApproval(applicant);
    KeyPair keys = request.type(applicant.profile()).generate();
    X509Certificate issued = issue(applicant, keys.getPublic(), MADE_HERE);
    return new MadeKey(keys.getPrivate(), issued);
  }

  /** Somebody nothing speaks against, except perhaps that nobody has said yes yet. */
  private record Applicant(Candidate candidate, CertifiedNames names, boolean needsApproval) {

    DeviceProfile profile() {
      return candidate.fleet().profile();
    }
  }

  private Applicant applicant(
      FleetId fleet, List<X509Certificate> peerChain, NamedRequest request, String key)
      throws Refusal {
    // An older copy of the registry would call devices unknown that are not.
    issuance.requireOpen();
    Fleet of = fleets
        .find(fleet)
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.NOT_FOUND, "fleet '" + fleet + "' is not known: check the EST label"));
    Candidate candidate = candidate(of, peerChain, request, key);
    rates.enrolling(candidate);
    // Known and permitted first: who is neither learns nothing about its request.
    boolean needsApproval = registry.read(h -> admission.needsApproval(h, candidate));
    CertifiedNames names = of.profile().names(candidate.identity());
    RequestedNames.check(request, names);
    return new Applicant(candidate, names, needsApproval);
  }

  private void requireApproval(Applicant applicant) throws Refusal {
    if (applicant.needsApproval()) {
      // Nobody should be asked for what cannot be given.
      issuance.requireIssuer();
      approvals.require(applicant.candidate());
    }
  }

  private X509Certificate issue(Applicant applicant, PublicKey key, String remark) throws Refusal {
    Candidate candidate = applicant.candidate();
    return issuance.issue(
        new Issuance.Order(
            candidate.identity().spiffeId(),
            applicant.names(),
            applicant.profile().certificateProfile(),
            key,
            candidate.factoryCas()),
        tx -> admission.admit(tx, candidate),
        (tx, issued) -> enrolled(tx, candidate, issued, remark));
  }

  /** Who asks: a device by its own bootstrap certificate, or one by a claim's. */
  private Candidate candidate(
      Fleet fleet, List<X509Certificate> peerChain, NamedRequest request, String key)
      throws Refusal {
    X509Certificate certificate;
    DeviceId device;
    List<String> factoryCas = List.of();
    Claim claim = null;
    if (fleet.enrolment().mode() == EnrolmentPolicy.Mode.CLAIM) {
      ClaimCertificate shown =
          ClaimCertificate.of(peerChain, fleet.id(), registry, clock.instant());
      certificate = shown.certificate();
      claim = shown.claim();
      device = ClaimCertificate.device(request);
    } else {
      BootstrapCertificate shown = BootstrapCertificate.of(peerChain, fleet, clock.instant());
      certificate = shown.certificate();
      device = shown.device();
      factoryCas = shown.factoryCas();
    }
    Identity.Device identity = new Identity.Device(trustDomain, fleet.id(), device);
    return new Candidate(fleet, identity, certificate, factoryCas, claim, key);
  }

  /** A key made in a factory, perhaps by the factory, is not a key only the device knows. */
  private static void refuseBootstrapKey(SigningRequest request, X509Certificate bootstrap)
      throws Refusal {
    byte[] bootstrapKey = bootstrap.getPublicKey().getEncoded();
    if (Arrays.equals(request.publicKey().getEncoded(), bootstrapKey)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the request repeats the key of the bootstrap certificate: make a new key");
    }
  }

  private void enrolled(Transaction tx, Candidate candidate, X509Certificate issued, String remark)
      throws Refusal {
    Identity.Device device = candidate.identity();
    boolean first = DeviceTable.activate(tx, device.device());
    admission.recorded(tx, candidate, !first);
    audit.add(
        tx,
        candidate.actor(),
        first ? "device.enrolled" : "device.enrolled-again",
        device.name(),
        "fleet " + device.fleet() + ", serial " + issued.getSerialNumber().toString(16) + remark);
    if (!first) {
      liveCertificates.keepLatestTwo(tx, device);
    }
  }
}
