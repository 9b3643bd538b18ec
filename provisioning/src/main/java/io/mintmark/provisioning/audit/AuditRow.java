package io.mintmark.provisioning.audit;

import java.time.Instant;

/**
 * A change of state.
 *
 * @param sequence its place: the first is 1, each other one more than the one before
 * @param at when, in whole milliseconds
 * @param actor who: an operator's name, an SPIFFE ID, a bootstrap certificate, or {@code system}
 * @param action what, for example {@code device.enrolled}
 * @param subject to what, for example a device's id
 * @param detail anything worth knowing besides, or null
 * @param hash chains it to the row before; see {@link ChainHash}
 */
public record AuditRow(
    long sequence,
    Instant at,
    String actor,
    String action,
    String subject,
    String detail,
    ChainHash hash) {}
