package io.mintmark.provisioning;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/**
 * What a broker that has no certificate yet may ask for, once. Immutable.
 *
 * @param certificateSha256 SHA-256 of the certificate it shows, lower-case hex
 * @param broker its name
 * @param hosts DNS names and IP addresses devices reach it by
 * @param endsAt it opens nothing from then on
 * @param withdrawnAt when another took its place, or null
 * @param keySha256 of the key it was used for, or null
 * @param usedAt when it was used, or null
 * @param serial of the certificate it led to, or null as long as there is none
 */
public record Invitation(
    String certificateSha256,
    String broker,
    List<String> hosts,
    Instant endsAt,
    Instant withdrawnAt,
    String keySha256,
    Instant usedAt,
    BigInteger serial) {

  /** Copies the list. */
  public Invitation {
    hosts = List.copyOf(hosts);
  }
}
