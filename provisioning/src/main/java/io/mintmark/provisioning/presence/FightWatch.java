package io.mintmark.provisioning.presence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tells whether two hold one certificate from how its client id changes hands. Within a minute, of
 * connections with one client id and one certificate:
 *
 * <ul>
 *   <li>three takeovers in a row that go back and forth between two places (broker and address), or
 *   <li>six takeovers, from wherever: two behind one address, or behind addresses that change.
 * </ul>
 *
 * <p>A device that moves makes one takeover, one that flaps between two networks one at each change,
 * one that crashes without a word one at each start. What is noticed is forgotten, so that the next
 * sign needs as many takeovers again. Kept in memory: a fight goes on after a restart. Thread-safe.
 */
final class FightWatch {

  static final long WINDOW_MILLIS = 60_000;
  static final int BACK_AND_FORTH = 3;
  static final int ANYWAY = 6;

  /** One takeover each is what the return of so many devices makes whose network broke. */
  private static final int MOST = 100_000;

  private record Fought(String identity, String clientId, String serial) {}

  /** The one with the latest takeover last. */
  private final Map<Fought, Deque<Takeover>> recent = new LinkedHashMap<>();

  /** What they show, together with those before. */
  synchronized List<CloneSign> see(List<Takeover> takeovers) {
    List<CloneSign> signs = new ArrayList<>();
    for (Takeover takeover : takeovers) {
      Connection of = takeover.connection();
      Fought fought = new Fought(of.identity(), of.clientId(), of.serial());
      Deque<Takeover> before = recent.remove(fought);
      Deque<Takeover> row = before == null ? new ArrayDeque<>(2) : before;
      if (row.stream().noneMatch(takeover::isSame)) {
        row.add(takeover);
      }
      row.removeIf(t -> t.connection().at() < of.at() - WINDOW_MILLIS);
      if (isFight(row)) {
        signs.add(sign(row));
      } else {
        recent.put(fought, row);
        forget(of.at() - WINDOW_MILLIS);
      }
    }
    return signs;
  }

  private void forget(long until) {
    Iterator<Deque<Takeover>> eldest = recent.values().iterator();
    while (eldest.hasNext()
        && (eldest.next().getLast().connection().at() < until || recent.size() > MOST)) {
      eldest.remove();
    }
  }

  private static boolean isFight(Deque<Takeover> row) {
    if (row.size() >= ANYWAY) {
      return true;
    }
    Takeover later = null;
    int inARow = 0;
    for (Iterator<Takeover> latest = row.descendingIterator(); latest.hasNext(); ) {
      Takeover takeover = latest.next();
      if (takeover.from().equals(takeover.to()) || (later != null && !later.isBack(takeover))) {
        return false;
      }
      inARow++;
      if (inARow == BACK_AND_FORTH) {
        return true;
      }
      later = takeover;
    }
    return false;
  }

  private static CloneSign sign(Deque<Takeover> row) {
    Connection last = row.getLast().connection();
    long millis = last.at() - row.getFirst().connection().at();
    List<String> places = row.stream()
        .flatMap(t -> Stream.of(t.from().toString(), t.to().toString()))
        .distinct()
        .sorted()
        .toList();
    return new CloneSign(
        last.identity(),
        last.serial(),
        CloneSign.Kind.FOUGHT_OVER,
        row.size() + " takeovers of client id " + last.clientId() + " within "
            + (millis + 999) / 1000 + " s, between " + String.join(" and ", places));
  }
}
