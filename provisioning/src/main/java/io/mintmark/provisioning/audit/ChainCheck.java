package io.mintmark.provisioning.audit;

import static io.mintmark.provisioning.audit.Finding.rows;

import io.mintmark.provisioning.audit.Finding.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Follows the chain of hashes and says where it breaks and why. A row's hash tells the sequence it
 * was written at, so rows that were inserted, moved or renumbered are found for what they are, and
 * those after them are not blamed. Memory does not grow with the log. Not thread-safe.
 */
final class ChainCheck {

  /** How far rows are looked for around where they stand. */
  private static final int WINDOW = 8;

  /** How many rows nothing is known of are compared with each other. */
  private static final int MOST_SUSPECTS = 64;

  private final List<Finding> findings;
  private final Deque<ChainHash> recent = new ArrayDeque<>();
  private final List<OddRow> suspects = new ArrayList<>();
  private List<OddRow> odd = new ArrayList<>();
  private long last;
  private long shift;

  /**
   * A check.
   *
   * @param findings where what is wrong is added
   */
  ChainCheck(List<Finding> findings) {
    this.findings = findings;
  }

  void begin(long after, ChainHash hash) {
    last = after;
    recent.addFirst(hash);
  }

  /** The next row. */
  void row(AuditRow row) {
    long slot = row.sequence();
    if (slot <= last) {
      late(row);
      return;
    }
    if (slot > last + 1) {
      settle(shift);
      add(Kind.REMOVED, last + 1, slot - 1, rows(last + 1, slot - 1) + removed(slot - last - 1));
      // It may have been moved here; what it followed is found at the end, or not at all.
      suspects.add(new OddRow(row, recent.getFirst(), slot + shift, 0));
      recent.clear();
    } else if (!recent.isEmpty()) {
      follow(row);
    }
    remember(row);
  }

  private static String removed(long count) {
    return count == 1 ? " was removed" : " were removed";
  }

  private void late(AuditRow row) {
    Finding missing = new Finding(
        Kind.REMOVED,
        row.sequence(),
        row.sequence(),
        rows(row.sequence(), row.sequence()) + removed(1));
    findings.remove(missing);
    add(
        Kind.MOVED,
        row.sequence(),
        row.sequence(),
        "row " + row.sequence() + " stands after row " + last);
  }

  private void remember(AuditRow row) {
    last = row.sequence();
    recent.addFirst(row.hash());
    if (recent.size() > WINDOW) {
      recent.removeLast();
    }
  }

  private void follow(AuditRow row) {
    ChainHash before = recent.getFirst();
    if (OddRow.fits(before, row, row.sequence() + shift)) {
      settle(shift);
      return;
    }
    OptionalLong place = near(before, row);
    if (place.isPresent()) {
      settle(place.getAsLong() - row.sequence());
      return;
    }
    for (ChainHash earlier : recent) {
      place = near(earlier, row);
      if (place.isPresent()) {
        break;
      }
    }
    odd.add(new OddRow(row, before, row.sequence() + shift, place.orElse(0)));
    if (odd.size() > MOST_SUSPECTS) {
      settle(shift);
    }
  }

  private static OptionalLong near(ChainHash before, AuditRow row) {
    for (long at = Math.max(1, row.sequence() - WINDOW); at <= row.sequence() + WINDOW; at++) {
      if (OddRow.fits(before, row, at)) {
        return OptionalLong.of(at);
      }
    }
    return OptionalLong.empty();
  }

  /** The chain goes on: what was odd before can be explained. */
  private void settle(long newShift) {
    if (odd.isEmpty() && newShift == shift) {
      return;
    }
    List<OddRow> rows = OddRow.place(odd);
    odd = new ArrayList<>();
    if (newShift < shift) {
      inserted(rows, newShift);
    } else if (newShift > shift) {
      renumbered(rows, newShift - shift);
    } else {
      // They may have changed places with others that are still to come.
      rows.stream().filter(each -> !each.isHome()).forEach(suspects::add);
    }
    shift = newShift;
  }

  private void inserted(List<OddRow> rows, long newShift) {
    long from = last;
    long to = last;
    for (OddRow each : rows) {
      if (each.isPlaced() && each.place() - each.slot() == newShift) {
        from = each.place() - shift;
        to = each.slot() - 1;
        break;
      }
    }
    add(
        Kind.INSERTED,
        from,
        to,
        rows(from, to) + (from == to ? " was" : " were") + " inserted, those after renumbered");
    for (OddRow each : rows) {
      if (!each.isPlaced() && (each.slot() < from || each.slot() > to)) {
        suspects.add(each);
      }
    }
  }

  private void renumbered(List<OddRow> rows, long count) {
    boolean explained = false;
    for (OddRow each : rows) {
      if (each.isPlaced()) {
        continue;
      }
      if (explained) {
        suspects.add(each);
        continue;
      }
      explained = true;
      add(
          Kind.REMOVED,
          each.slot(),
          each.slot() + count - 1,
          rows(each.slot(), each.slot() + count - 1) + removed(count) + ", those after renumbered");
    }
  }

  /** No more rows. */
  void end() {
    settle(shiftAtEnd());
    List<OddRow> compared = suspects.subList(0, Math.min(suspects.size(), MOST_SUSPECTS));
    List<OddRow> rows = new ArrayList<>(OddRow.place(compared));
    rows.addAll(suspects.subList(compared.size(), suspects.size()));
    rows.forEach(this::blame);
  }

  private void blame(OddRow odd) {
    long slot = odd.slot();
    if (odd.isPlaced() && !odd.isHome()) {
      String text = "row " + slot + " was moved: it was written as row " + odd.place();
      add(Kind.MOVED, slot, slot, text);
    } else if (!odd.isPlaced() && !isAfterGap(odd)) {
      add(Kind.CHANGED, slot, slot, changed(slot));
    }
  }

  /** Rows that only changed places leave the others where they were. */
  private long shiftAtEnd() {
    List<OddRow> rows = OddRow.place(odd);
    Set<Long> slots = new HashSet<>();
    Set<Long> places = new HashSet<>();
    for (OddRow each : rows) {
      slots.add(each.home());
      places.add(each.place());
    }
    OddRow end = rows.isEmpty() ? null : rows.get(rows.size() - 1);
    return end == null || !end.isPlaced() || slots.equals(places)
        ? shift
        : end.place() - end.slot();
  }

  private boolean isAfterGap(OddRow row) {
    return findings.stream().anyMatch(f -> f.kind() == Kind.REMOVED && f.to() + 1 == row.slot());
  }

  private static String changed(long slot) {
    return "row " + slot + " was changed"
        + (slot == 1 ? "" : ", or row " + (slot - 1) + " together with its hash");
  }

  private void add(Kind kind, long from, long to, String text) {
    findings.add(new Finding(kind, from, to, text));
  }
}
