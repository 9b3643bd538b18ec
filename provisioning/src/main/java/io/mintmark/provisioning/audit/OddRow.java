package io.mintmark.provisioning.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * A row that does not follow from the one before.
 *
 * @param row what stands there
 * @param before the hash of the row before it
 * @param home the sequence it should have been written at, as the rows around it were
 * @param place the sequence it was written at, as its hash shows; 0 while that is not known
 */
record OddRow(AuditRow row, ChainHash before, long home, long place) {

  long slot() {
    return row.sequence();
  }

  boolean isHome() {
    return place == home;
  }

  boolean isPlaced() {
    return place != 0;
  }

  /** Whether a row was written at a sequence, after a row of this hash. */
  static boolean fits(ChainHash before, AuditRow row, long sequence) {
    return ChainHash.of(before, sequence, row).equals(row.hash());
  }

  /**
   * Finds where rows that changed places with each other were written: the hashes they had to
   * follow and their sequences are then among them.
   *
   * @return the same rows in the same order
   */
  static List<OddRow> place(List<OddRow> rows) {
    List<ChainHash> hashes = new ArrayList<>();
    rows.forEach(odd -> hashes.add(odd.before));
    rows.forEach(odd -> hashes.add(odd.row.hash()));
    return rows.stream()
        .map(odd -> odd.isPlaced() ? odd : odd.placed(hashes, rows))
        .toList();
  }

  private OddRow placed(List<ChainHash> hashes, List<OddRow> slots) {
    for (ChainHash hash : hashes) {
      for (OddRow other : slots) {
        if (fits(hash, row, other.home())) {
          return new OddRow(row, before, home, other.home());
        }
      }
    }
    return this;
  }
}
