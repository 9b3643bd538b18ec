package io.mintmark.broker;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.KeyId;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom the broker trusts.
 *
 * @param anchors the roots
 * @param withdrawn the keys nothing may lead through, as of {@link KeyId}; none of the anchors' is
 *     among them
 */
record Trust(List<X509Certificate> anchors, Set<String> withdrawn) {

  Trust {
    withdrawn = Set.copyOf(withdrawn);
    Set<String> keys = withdrawn;
    anchors = anchors.stream()
        .filter(anchor -> !keys.contains(KeyId.of(anchor.getPublicKey())))
        .toList();
  }

  /** As the feed says. */
  static Trust of(Bundle bundle) {
    Set<String> withdrawn = new HashSet<>(bundle.retired());
    withdrawn.addAll(bundle.revoked());
    return new Trust(bundle.anchors(), withdrawn);
  }

  /** As long as the feed has said nothing. */
  static Trust of(List<X509Certificate> anchors) {
    return new Trust(anchors, Set.of());
  }
}
