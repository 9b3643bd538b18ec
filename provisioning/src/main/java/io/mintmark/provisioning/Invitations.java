package io.mintmark.provisioning;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DurationText;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.InvitationTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Invites brokers: each invitation leads to one certificate of one broker, without an operator's
 * token on the broker's machine. Thread-safe.
 */
public final class Invitations {

  private static final Duration LONGEST = Duration.ofDays(7);

  private final Registry registry;
  private final Brokers brokers;
  private final AuditLog audit;
  private final Clock clock;

  Invitations(Registry registry, Brokers brokers, AuditLog audit, Clock clock) {
    this.registry = registry;
    this.brokers = brokers;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Invites a broker; an invitation it has and did not use is withdrawn.
   *
   * @param name the broker's
   * @param hosts DNS names and IP addresses devices reach it by; at least one
   * @param endsAt within a week
   * @return what the broker shows; it is kept nowhere else. A secret
   * @throws Refusal INVALID for values that cannot be
   */
  public Credential invite(String name, List<String> hosts, Instant endsAt, String actor)
      throws Refusal {
    Instant now = clock.instant();
    if (!endsAt.isAfter(now) || endsAt.isAfter(now.plus(LONGEST))) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the invitation would end at " + endsAt + ": use a time from now on, within "
              + DurationText.of(LONGEST));
    }
    CertifiedNames names = brokers.names(name, hosts);
    Credential shown = InvitationCredential.make(name, now, endsAt);
    Invitation invitation = new Invitation(
        sha256(shown.certificate()), name, names.hosts(), endsAt, null, null, null, null);
    registry.write(tx -> {
      InvitationTable.insert(tx, invitation, now);
      audit.add(
          tx,
          actor,
          "broker.invited",
          name,
          "hosts " + names.hosts() + ", until " + endsAt + ", certificate "
              + invitation.certificateSha256());
      return null;
    });
    return shown;
  }

  /**
   * The invitation of who speaks, whatever became of it.
   *
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   */
  public Optional<Invitation> of(List<X509Certificate> peerChain) {
    return peerChain.isEmpty()
        ? Optional.empty()
        : registry.read(h -> InvitationTable.find(h, sha256(peerChain.get(0))));
  }

  /**
   * The certificate it is for (RFC 7030, section 4.2.1). Idempotent on the key, so that a broker
   * whose answer got lost asks again.
   *
   * @param invitation of who speaks
   * @throws Refusal FORBIDDEN naming what became of the invitation, INVALID if the request
   *     contradicts it
   */
  public X509Certificate enroll(Invitation invitation, SigningRequest request) throws Refusal {
    String key = Pem.fingerprint(request.publicKey().getEncoded());
    String actor = "invitation:" + invitation.certificateSha256();
    return brokers.certify(
        brokers.names(invitation.broker(), invitation.hosts()),
        request,
        actor,
        tx -> use(tx, invitation.certificateSha256(), key, actor),
        (tx, issued) -> InvitationTable.certified(
            tx, invitation.certificateSha256(), issued.getSerialNumber()));
  }

  private void use(Transaction tx, String certificateSha256, String key, String actor)
      throws Refusal {
    Instant now = clock.instant();
    Invitation invitation = InvitationTable.find(tx.handle(), certificateSha256).orElseThrow();
    if (invitation.withdrawnAt() != null) {
      throw refused(invitation, "was withdrawn at " + invitation.withdrawnAt());
    }
    if (!invitation.endsAt().isAfter(now)) {
      throw refused(invitation, "ended at " + invitation.endsAt());
    }
    if (invitation.usedAt() == null) {
      InvitationTable.use(tx, certificateSha256, key, now);
      audit.add(tx, actor, "broker.invitation-used", invitation.broker(), null);
    } else if (!key.equals(invitation.keySha256()) || isOver(tx, invitation, now)) {
      throw refused(invitation, "was used at " + invitation.usedAt());
    }
  }

  /** What came of it is given again, and not another in place of one that was taken back. */
  private static boolean isOver(Transaction tx, Invitation invitation, Instant now) {
    return invitation.serial() != null
        && CertificateTable.find(tx.handle(), invitation.serial())
            .filter(c -> c.state() == CertificateState.ISSUED && c.validity().contains(now))
            .isEmpty();
  }

  private static Refusal refused(Invitation invitation, String why) {
    return new Refusal(
        Refusal.Kind.FORBIDDEN,
        "the invitation of broker '" + invitation.broker() + "' " + why
            + ": have it invited again");
  }

  private static String sha256(X509Certificate certificate) {
    return Pem.fingerprint(Issuance.der(certificate));
  }
}
