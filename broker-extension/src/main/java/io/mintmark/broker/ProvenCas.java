package io.mintmark.broker;

import io.mintmark.identity.Issued;
import io.mintmark.identity.Validity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The CAs that path validation has found good, for those who show the same ones: of the next
 * certificate below them is left to ask whether it is valid now, whether that CA has issued it, and
 * whether all CAs are valid now. Thread-safe.
 *
 * <p>Nothing is known of CAs that constrain what they certify: that is held against each certificate.
 * And nothing for longer than ten minutes, so that what else may depend on time, such as the day an
 * algorithm is no longer good enough, is looked at again.
 *
 * @param <K> what must be the same for those who come after
 * @param <V> what was found
 */
final class ProvenCas<K, V> {

  private record Proven<V>(X509Certificate issuer, Validity validity, V finding) {}

  /** More than CAs there are: who shows others with his certificate must not fill the memory. */
  static final int MOST = 64;

  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** RFC 5280: name constraints, policy mappings, policy constraints, inhibit anyPolicy. */
  private static final List<String> CONSTRAINTS =
      List.of("2.5.29.30", "2.5.29.33", "2.5.29.36", "2.5.29.54");

  private final Map<K, Proven<V>> all = new ConcurrentHashMap<>();

  /**
   * What was found of the CAs above a certificate.
   *
   * @return empty if that is not known, or it does not hold for this certificate at that moment
   */
  Optional<V> of(K key, X509Certificate leaf, Instant moment) {
    Proven<V> proven = all.get(key);
    return proven != null
            && proven.validity().contains(moment)
            && !moment.isBefore(leaf.getNotBefore().toInstant())
            && !moment.isAfter(leaf.getNotAfter().toInstant())
            && Issued.by(leaf, proven.issuer())
        ? Optional.of(proven.finding())
        : Optional.empty();
  }

  /**
   * Remembers what path validation has found, if it may be.
   *
   * @param cas the one that issued the certificate first, the trust anchor last
   * @param moment of the validation
   */
  void add(K key, List<X509Certificate> cas, V finding, Instant moment) {
    Instant from = moment;
    Instant to = moment.plus(LONGEST);
    for (X509Certificate ca : cas) {
      if (CONSTRAINTS.stream().anyMatch(oid -> ca.getExtensionValue(oid) != null)) {
        return;
      }
      Instant first = ca.getNotBefore().toInstant();
      Instant last = ca.getNotAfter().toInstant();
      from = first.isAfter(from) ? first : from;
      to = last.isBefore(to) ? last : to;
    }
    if (to.isBefore(from)) {
      return;
    }
    if (all.size() >= MOST) {
      all.values().removeIf(each -> !each.validity().contains(moment));
    }
    if (all.size() < MOST) {
      all.put(key, new Proven<>(cas.get(0), new Validity(from, to), finding));
    }
  }

  /** How many are known. */
  int size() {
    return all.size();
  }
}
