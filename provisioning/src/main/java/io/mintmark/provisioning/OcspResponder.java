package io.mintmark.provisioning;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.KeyUnavailableException;
import io.mintmark.provisioning.ocsp.CertificateId;
import io.mintmark.provisioning.ocsp.IssuerHashes;
import io.mintmark.provisioning.ocsp.MalformedOcspException;
import io.mintmark.provisioning.ocsp.OcspRequest;
import io.mintmark.provisioning.ocsp.OcspResponses;
import io.mintmark.provisioning.ocsp.OcspResponses.Failure;
import io.mintmark.provisioning.recovery.RecoveryGate;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers OCSP (RFC 6960, with RFC 5019 and RFC 9654). The registry is asked each time; what is kept
 * is the signature, for as long as the status stays the same. Never throws and never waits for long.
 * Thread-safe.
 *
 * <p>A serial number we never issued is {@code unknown}, not {@code revoked} with RFC 6960's
 * extended definition: a registry restored from an older copy does not know certificates that are
 * good, and must not say the opposite to whoever keeps the answer.
 */
public final class OcspResponder {

  private static final Logger LOG = LoggerFactory.getLogger(OcspResponder.class);

  /** How long an answer holds; at half of that another is made. */
  private static final Duration LIFETIME = Duration.ofHours(1);

  private static final long LONGEST_WAIT_SECONDS = 2;

  /** Says what is known of certificates. */
  @FunctionalInterface
  interface Statuses {
    /** The status of a serial number of an issuer. */
    CertificateStatus of(String issuer, BigInteger serial);
  }

  /**
   * An issuer we answer for.
   *
   * @param id as of {@link Issuer}
   * @param validity when it may speak, or have somebody speak, at all
   * @param hashes how requests name it
   * @param responder who signs for it: the credential to use now
   */
  record Answered(
      String id, Validity validity, IssuerHashes hashes, Supplier<Credential> responder) {}

  private final Statuses statuses;
  private final Supplier<List<Answered>> issuers;
  private final RecoveryGate gate;
  private final Clock clock;
  private final OcspAnswerCache cache = new OcspAnswerCache();
  private final Semaphore signing = new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  OcspResponder(
      Statuses statuses, Supplier<List<Answered>> issuers, RecoveryGate gate, Clock clock) {
    this.statuses = statuses;
    this.issuers = issuers;
    this.gate = gate;
    this.clock = clock;
  }

  /**
   * Answers a request; what cannot be answered is answered with why.
   *
   * @param request DER, or anything else
   */
  public OcspAnswer answer(byte[] request) {
    try {
      return answer(OcspRequest.read(request));
    } catch (MalformedOcspException e) {
      LOG.debug("an OCSP request was refused: {}", e.getMessage());
      return failure(Failure.MALFORMED_REQUEST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failure(Failure.TRY_LATER);
    } catch (KeyUnavailableException e) {
      // The log has it from who tried to use the key.
      return failure(Failure.TRY_LATER);
    } catch (GeneralSecurityException | RuntimeException e) {
      LOG.error("an OCSP request could not be answered", e);
      return failure(Failure.INTERNAL_ERROR);
    }
  }

  private OcspAnswer answer(OcspRequest request)
      throws GeneralSecurityException, InterruptedException {
    Instant now = clock.instant();
    Optional<Answered> issuer = issuers.get().stream()
        .filter(i -> i.validity().contains(now))
        .filter(i -> request.questions().stream().anyMatch(i.hashes()::isMeantBy))
        .findFirst();
    if (issuer.isEmpty()) {
      return failure(Failure.UNAUTHORIZED);
    }
    Map<CertificateId, CertificateStatus> told = new LinkedHashMap<>();
    for (CertificateId question : request.questions()) {
      // One signature, one issuer: of another's certificates its responder knows nothing.
      told.put(
          question,
          issuer.get().hashes().isMeantBy(question)
              ? statuses.of(issuer.get().id(), question.serial())
              : new CertificateStatus.Unknown());
    }
    if (gate.isClosed()
        && !told.values().stream().allMatch(s -> s instanceof CertificateStatus.Revoked)) {
      // Of what an older copy of the registry knows only the revocations hold for sure.
      return failure(Failure.TRY_LATER);
    }
    CertificateId question = request.questions().get(0);
    CertificateStatus status = told.get(question);
    // Unknown serial numbers are without number: keeping them would drive out the others.
    if (told.size() > 1 || request.nonce() != null || status instanceof CertificateStatus.Unknown) {
      return sign(told, request.nonce(), issuer.get())
          .map(a -> OcspAnswer.once(a.der()))
          .orElseGet(() -> failure(Failure.TRY_LATER));
    }
    OcspAnswer before = cache.find(question, status, now);
    if (before != null) {
      return before;
    }
    Optional<OcspAnswer> made = sign(told, null, issuer.get());
    made.ifPresent(answer -> cache.keep(
        question,
        status,
        answer,
        answer.from().plus(Duration.between(answer.from(), answer.until()).dividedBy(2))));
    return made.orElseGet(() -> failure(Failure.TRY_LATER));
  }

  /** Empty if too many wait already. */
  private Optional<OcspAnswer> sign(
      Map<CertificateId, CertificateStatus> told, byte[] nonce, Answered issuer)
      throws GeneralSecurityException, InterruptedException {
    if (!signing.tryAcquire(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
      return Optional.empty();
    }
    try {
      Credential responder = issuer.responder().get();
      Instant from = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      Instant end = Validity.of(responder.certificate()).notAfter();
      Instant until = from.plus(LIFETIME).isBefore(end) ? from.plus(LIFETIME) : end;
      return Optional.of(
          new OcspAnswer(OcspResponses.sign(told, from, until, nonce, responder), from, until));
    } finally {
      signing.release();
    }
  }

  private static OcspAnswer failure(Failure failure) {
    return OcspAnswer.once(failure.der());
  }
}
