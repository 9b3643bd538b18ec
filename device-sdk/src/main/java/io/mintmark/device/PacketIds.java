package io.mintmark.device;

import java.util.HashSet;
import java.util.Set;

/**
 * Hands out packet ids (MQTT 5, section 2.2.1): 1 to 65,535, none twice at a time. Not thread-safe.
 */
final class PacketIds {

  private static final int HIGHEST = 65_535;

  private final Set<Integer> used = new HashSet<>();
  private int last;

  /** An id not in use. Windows are far smaller than the range, so there always is one. */
  int take() {
    do {
      last = last == HIGHEST ? 1 : last + 1;
    } while (!used.add(last));
    return last;
  }

  /** Makes the id free again. */
  void release(int id) {
    used.remove(id);
  }
}
