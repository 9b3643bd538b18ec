package io.mintmark.provisioning;

import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.sql.BundleTable;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * How many devices trust a root, by what they reported. Those that count are active and hold a
 * certificate that is still good: a device that is gone drops out with its last one. Thread-safe.
 */
final class BundleReach {

  /** So many are named; the rest are counted. */
  static final int MOST_NAMED = 100;

  /**
   * What was found.
   *
   * @param seen devices that count
   * @param holding those of them that hold the root
   * @param missing some of those that do not, by id
   */
  record Reach(long seen, long holding, List<String> missing) {

    /** Whether the share of those that hold it is reached; it is when nobody counts. */
    boolean isAtLeast(int percent) {
      return holding * 100 >= seen * percent;
    }

    /** For the operator. */
    String describe() {
      return holding + " of " + seen + " devices hold it";
    }
  }

  private final TrustDomain trustDomain;
  private final Clock clock;

  BundleReach(TrustDomain trustDomain, Clock clock) {
    this.trustDomain = trustDomain;
    this.clock = clock;
  }

  /** Of a root, by its id. */
  Reach of(Handle handle, String root) {
    Instant now = clock.instant();
    List<String> bundles = BundleTable.withRoot(handle, root);
    String prefix = "spiffe://" + trustDomain.name();
    long seen = BundleTable.devices(handle, prefix, now);
    long lacking = BundleTable.devicesLacking(handle, prefix, bundles, now);
    return new Reach(
        seen, seen - lacking, BundleTable.lacking(handle, prefix, bundles, now, MOST_NAMED));
  }
}
