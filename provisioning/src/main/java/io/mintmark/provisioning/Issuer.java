package io.mintmark.provisioning;

import io.mintmark.provisioning.ca.KeyIds;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A CA of the installation: its key, by name, and its certificates. Immutable.
 *
 * @param id the key's identifier, lower-case hex (RFC 7093, section 2, method 1)
 * @param role what it signs
 * @param state where it stands
 * @param certificate its own; of a root the self-signed one
 * @param others of an issuing CA those between it and its root, in order; of a root its cross
 *     certificates
 * @param keyRef where its private key is kept; null if that is somebody else's
 * @param createdAt when it became known
 * @param activatedAt when it was activated; null before
 * @param retiredAt when it was retired or revoked; null before
 * @param reason why it was revoked; null if it was not, or nobody knows
 */
public record Issuer(
    String id,
    Role role,
    State state,
    X509Certificate certificate,
    List<X509Certificate> others,
    String keyRef,
    Instant createdAt,
    Instant activatedAt,
    Instant retiredAt,
    RevocationReason reason) {

  /** What a CA signs. */
  public enum Role implements Worded {
    /** CAs; everybody trusts it. */
    ROOT,
    /** Operational certificates. */
    ISSUING
  }

  /** Where a CA stands; it only ever goes forward. */
  public enum State implements Worded {
    /** Made known, not used: of a root, devices and brokers are told to trust it. */
    PREPARED,
    /** Signs. There is one such issuing CA. */
    ACTIVE,
    /** Signs no more certificates. What an issuing CA signed stays good; a root is not trusted. */
    RETIRED,
    /** What it signed is good no more. */
    REVOKED
  }

  /** Copies the list. */
  public Issuer {
    others = List.copyOf(others);
  }

  /** A CA of this certificate, as it becomes known. */
  static Issuer prepared(
      Role role,
      X509Certificate certificate,
      List<X509Certificate> others,
      String keyRef,
      Instant now) {
    return new Issuer(
        KeyIds.hex(certificate.getPublicKey()),
        role,
        State.PREPARED,
        certificate,
        others,
        keyRef,
        now,
        null,
        null,
        null);
  }

  /** The same, in use from now on. */
  Issuer activated(Instant now) {
    return new Issuer(
        id, role, State.ACTIVE, certificate, others, keyRef, createdAt, now, retiredAt, reason);
  }

  /** Whether it signs, or did and is not disowned: an issuing CA's certificates may be good. */
  public boolean hasIssued() {
    return state == State.ACTIVE || state == State.RETIRED;
  }
}
