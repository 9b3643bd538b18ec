package io.mintmark.provisioning;

import io.mintmark.provisioning.ocsp.CertificateId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers that were signed before, those asked for lately. Thread-safe. */
final class OcspAnswerCache {

  /** About a kilobyte each. */
  private static final int MOST = 20_000;

  /**
   * @param status what it says
   * @param staleAt from when on another is made
   */
  private record Kept(CertificateStatus status, OcspAnswer answer, Instant staleAt) {}

  private final Map<CertificateId, Kept> kept = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<CertificateId, Kept> eldest) {
      return size() > MOST;
    }
  };

  /** The answer to a question if it still says the truth; null otherwise. */
  synchronized OcspAnswer find(CertificateId question, CertificateStatus status, Instant now) {
    Kept known = kept.get(question);
    return known != null && known.status.equals(status) && now.isBefore(known.staleAt)
        ? known.answer
        : null;
  }

  synchronized void keep(
      CertificateId question, CertificateStatus status, OcspAnswer answer, Instant staleAt) {
    kept.put(question, new Kept(status, answer, staleAt));
  }
}
