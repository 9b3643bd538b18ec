package io.mintmark.provisioning;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.Identity;
import io.mintmark.identity.RenewalId;
import io.mintmark.identity.RenewalInfo;
import io.mintmark.identity.RenewalWindow;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.EarlyRenewalTable;
import io.mintmark.provisioning.sql.EarlyRenewalTable.EarlyRenewal;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Says when a certificate should be renewed, in the form of RFC 9773. Thread-safe.
 *
 * <p>Load is spread by giving each certificate a part of its fleet's window: an eighth of it, at a
 * place that its serial number decides. Serial numbers are random, so the parts lie evenly however
 * many certificates were made in one moment, and whatever clients make of their part; and the same
 * question has the same answer without anything being stored.
 */
public final class RenewalInformation {

  private static final int PARTS = 8;
  private static final int QUESTIONS_IN_A_LIFE = 4;

  /** RFC 9773, section 4.3.2, suggests it. */
  private static final Duration LONGEST_RETRY = Duration.ofHours(6);

  private static final Duration SHORTEST_RETRY = Duration.ofMinutes(1);

  private final Registry registry;
  private final CertificateAuthority authority;
  private final Clock clock;

  RenewalInformation(Registry registry, CertificateAuthority authority, Clock clock) {
    this.registry = registry;
    this.authority = authority;
    this.clock = clock;
  }

  /**
   * The window of a certificate. One that is superseded or revoked should have been renewed already
   * (section 4.2). Nobody needs to prove anything: who can name the certificate has seen it.
   *
   * @param certId as of RFC 9773, section 4.1
   * @throws Refusal INVALID if the id cannot be read, NOT_FOUND if there is no such certificate
   */
  public RenewalInfo of(String certId) throws Refusal {
    RenewalId id;
    try {
      id = RenewalId.parse(certId);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
    return registry.read(h -> {
      CertificateRecord certificate = CertificateTable.find(h, id.serial())
          .filter(c -> isNamed(c, id))
          .orElseThrow(() ->
              new Refusal(Refusal.Kind.NOT_FOUND, "there is no certificate '" + id + "' here"));
      Duration life =
          Duration.between(certificate.reservedAt(), certificate.validity().notAfter());
      return new RenewalInfo(
          window(h, id, certificate),
          retryAfter(life),
          Bundle.fingerprint(authority.trustAnchors()));
    });
  }

  /** What was never signed is no certificate, though it may be revoked. */
  private static boolean isNamed(CertificateRecord certificate, RenewalId id) {
    try {
      return certificate.state() != CertificateState.RESERVED
          && RenewalId.of(certificate.certificate()).equals(id);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private RenewalWindow window(Handle handle, RenewalId id, CertificateRecord certificate) {
    Instant from = certificate.reservedAt();
    if (certificate.state() != CertificateState.ISSUED) {
      Instant now = clock.instant();
      return new RenewalWindow(from, now.isAfter(from) ? now : from.plusSeconds(1));
    }
    Optional<Identity.Device> device = device(certificate.identity());
    RenewalShare share = device
        .flatMap(d -> FleetTable.find(handle, d.fleet()))
        .map(fleet -> fleet.profile().renewal())
        .orElse(RenewalShare.DEFAULT);
    Instant end = certificate.validity().notAfter();
    RenewalWindow window =
        part(at(from, end, share.startPercent()), at(from, end, share.endPercent()), id.serial());
    Optional<EarlyRenewal> ofFleet =
        device.flatMap(d -> EarlyRenewalTable.ofFleet(handle, d.fleet().value()));
    Optional<EarlyRenewal> ofIssuer = EarlyRenewalTable.ofIssuer(handle, certificate.issuer());
    return earlier(earlier(window, ofFleet, certificate), ofIssuer, certificate);
  }

  private static RenewalWindow earlier(
      RenewalWindow window, Optional<EarlyRenewal> asked, CertificateRecord certificate) {
    return asked
        .filter(early -> !certificate.reservedAt().isAfter(early.askedAt()))
        .map(early -> part(early.askedAt(), early.doneBy(), certificate.serial()))
        .filter(early -> early.start().isBefore(window.start()))
        .orElse(window);
  }

  private static Optional<Identity.Device> device(String identity) {
    try {
      return Identity.parse(identity) instanceof Identity.Device device
          ? Optional.of(device)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      // The service's own.
      return Optional.empty();
    }
  }

  private static Instant at(Instant from, Instant end, int percent) {
    return from.plusMillis(Duration.between(from, end).toMillis() * percent / 100);
  }

  private static RenewalWindow part(Instant start, Instant end, BigInteger serial) {
    long whole = Math.max(PARTS, Duration.between(start, end).toMillis());
    long part = whole / PARTS;
    // The lowest bits of a serial number are all random.
    long offset = Long.remainderUnsigned(serial.longValue(), whole - part + 1);
    return new RenewalWindow(start.plusMillis(offset), start.plusMillis(offset + part));
  }

  private static Duration retryAfter(Duration life) {
    Duration asked = life.dividedBy(QUESTIONS_IN_A_LIFE);
    if (asked.compareTo(SHORTEST_RETRY) < 0) {
      return SHORTEST_RETRY;
    }
    return asked.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : asked;
  }
}
