package io.mintmark.provisioning.audit;

import io.mintmark.identity.Issued;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.KeyIds;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whose checkpoints count: those of CAs from which signatures lead to a trust anchor. A way may use
 * certificates that have expired since, and cross certificates made later: it says whose key it is,
 * not that the CA is in use. Not thread-safe.
 */
final class CheckpointKeys {

  private final List<X509Certificate> anchors;
  private final List<X509Certificate> known = new ArrayList<>();
  private final Map<String, Optional<X509Certificate>> trusted = new HashMap<>();

  CheckpointKeys(List<X509Certificate> anchors) {
    this.anchors = List.copyOf(anchors);
  }

  void add(X509Certificate ca) {
    // A device's certificate leads to an anchor as well, and signs no checkpoints.
    if (ca.getBasicConstraints() >= 0) {
      known.add(ca);
      trusted.clear();
    }
  }

  /** The CA that counts as the signer of this name; empty if none does. */
  Optional<X509Certificate> find(String key) {
    return trusted.computeIfAbsent(key, this::search);
  }

  private Optional<X509Certificate> search(String key) {
    return known.stream()
        .filter(ca -> KeyIds.hex(ca.getPublicKey()).equals(key))
        .filter(ca -> leadsToAnchor(ca, new ArrayList<>()))
        .findFirst();
  }

  private boolean leadsToAnchor(X509Certificate certificate, List<X509Certificate> below) {
    for (X509Certificate anchor : anchors) {
      if (certificate.equals(anchor) || Issued.by(certificate, anchor)) {
        return true;
      }
    }
    below.add(certificate);
    for (X509Certificate above : known) {
      if (!below.contains(above) && Issued.by(certificate, above) && leadsToAnchor(above, below)) {
        return true;
      }
    }
    return false;
  }

  /** What is wrong with a checkpoint of this CA, or null. */
  static String fault(Checkpoint checkpoint, X509Certificate ca) {
    if (!checkpoint.isSignedBy(ca.getPublicKey())) {
      return "its signature is not of CA " + checkpoint.key() + ": it was changed";
    }
    Validity validity = Validity.of(ca);
    return validity.contains(checkpoint.at())
        ? null
        : "CA " + checkpoint.key() + " is valid " + validity + ", not then";
  }
}
