package io.mintmark.provisioning;

import java.time.Instant;

/**
 * The latest CRL of an issuer.
 *
 * @param number its cRLNumber, larger than those before
 * @param thisUpdate from when on it holds
 * @param nextUpdate when there is another at the latest
 * @param scheduledAt thisUpdate of the last one made because it was time, not because something
 *     happened (RFC 5280, section 3.3 counts these)
 * @param der the CRL
 */
public record Crl(
    long number, Instant thisUpdate, Instant nextUpdate, Instant scheduledAt, byte[] der) {}
