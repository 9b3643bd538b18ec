package io.mintmark.provisioning;

import java.math.BigInteger;
import java.time.Instant;

/**
 * An entry of a CRL.
 *
 * @param serial of the certificate
 * @param at when it was revoked or suspended
 * @param reason why
 */
public record RevokedSerial(BigInteger serial, Instant at, RevocationReason reason) {}
