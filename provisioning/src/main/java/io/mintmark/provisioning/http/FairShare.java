package io.mintmark.provisioning.http;

import io.mintmark.provisioning.limits.ClientAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A bounded number of connections, shared fairly between addresses. When it is full, the address
 * with the most gives its oldest up for a newcomer; an address that has the most itself gets no
 * more. So one address may have all of them while nobody else comes, and cannot keep others out.
 * Thread-safe.
 */
final class FairShare {

  private final int most;
  private final int mostPerAddress;
  private final Map<ClientAddress, Set<ClientConnection>> byAddress = new HashMap<>();
  private int count;

  /**
   * @param mostPerAddress holds for those that are not exempt
   */
  FairShare(int most, int mostPerAddress) {
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  /**
   * Adds a connection.
   *
   * @return null, or the one to cut for it: another, which is out already, or the newcomer itself,
   *     which is not in
   */
  synchronized ClientConnection add(ClientConnection newcomer) {
    Set<ClientConnection> own =
        byAddress.computeIfAbsent(newcomer.address(), a -> new LinkedHashSet<>());
    if (own.size() >= mostPerAddress && !newcomer.isExempt()) {
      return newcomer;
    }
    ClientConnection gone = null;
    if (count >= most) {
      Set<ClientConnection> largest = largest();
      // Ties stay as they are, or many addresses would take turns at cutting each other.
      if (largest.size() <= own.size() + 1) {
        forgetIfEmpty(newcomer.address(), own);
        return newcomer;
      }
      gone = largest.iterator().next();
      remove(gone);
    }
    own.add(newcomer);
    count++;
    return gone;
  }

  /** Removes a connection, if it is there. */
  synchronized void remove(ClientConnection connection) {
    Set<ClientConnection> own = byAddress.get(connection.address());
    if (own != null && own.remove(connection)) {
      count--;
      forgetIfEmpty(connection.address(), own);
    }
  }

  synchronized int count() {
    return count;
  }

  private void forgetIfEmpty(ClientAddress address, Set<ClientConnection> own) {
    if (own.isEmpty()) {
      byAddress.remove(address);
    }
  }

  /** Looked for only when full. */
  private Set<ClientConnection> largest() {
    Set<ClientConnection> largest = Set.of();
    for (Set<ClientConnection> each : byAddress.values()) {
      if (each.size() > largest.size()) {
        largest = each;
      }
    }
    return largest;
  }
}
