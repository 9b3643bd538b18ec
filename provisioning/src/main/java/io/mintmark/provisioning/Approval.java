package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import java.time.Instant;

/**
 * The question whether a device may have a certificate for one key, and its answer. Immutable.
 *
 * @param id its number
 * @param fleet the fleet it would enrol in
 * @param device the device
 * @param keySha256 SHA-256 of the SubjectPublicKeyInfo to certify, lower-case hex
 * @param bootstrapSha256 SHA-256 of the certificate the device showed
 * @param again whether the device was enrolled before
 * @param state where it stands
 * @param requestedAt when the device asked first
 * @param decidedBy the operator's name, {@code webhook}, or null
 * @param reason what was said with the decision, or null
 * @param expiresAt it is forgotten then
 */
public record Approval(
    long id,
    FleetId fleet,
    DeviceId device,
    String keySha256,
    String bootstrapSha256,
    boolean again,
    State state,
    Instant requestedAt,
    String decidedBy,
    String reason,
    Instant expiresAt) {

  /** Where an approval stands. */
  public enum State implements Worded {
    /** Nobody has decided. */
    PENDING,
    /** The device may have its certificate. */
    APPROVED,
    /** It may not. */
    DENIED,
    /** It had its certificate. */
    USED
  }
}
