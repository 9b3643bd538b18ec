package io.mintmark.identity;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Feed message: the trust anchors devices and brokers should hold now. It replaces the bundle
 * before. CAs are named as in {@link KeyId}.
 *
 * @param pem the anchors as PEM certificates
 * @param issuing the CA that issues now; null if it is not told
 * @param retired roots that were taken out of use: nothing leads through them any more, not even
 *     over a cross certificate; never null
 * @param revoked CAs whose keys are not safe: as retired, and what rests on them ends; never null
 */
public record Bundle(String pem, String issuing, List<String> retired, List<String> revoked) {

  /** Copies the lists; those that are not told are empty. */
  public Bundle {
    retired = retired == null ? List.of() : List.copyOf(retired);
    revoked = revoked == null ? List.of() : List.copyOf(revoked);
  }

  /** A bundle that tells the anchors alone. */
  public Bundle(String pem) {
    this(pem, null, List.of(), List.of());
  }

  /** A bundle of these anchors. */
  public static Bundle of(Collection<X509Certificate> anchors) {
    return new Bundle(Pem.encode(anchors));
  }

  /**
   * The name by which a device says which anchors it holds, whatever their order: SHA-256, in
   * lower-case hex, of the sorted lines of the anchors' SHA-256 fingerprints.
   */
  public static String fingerprint(Collection<X509Certificate> anchors) {
    String lines = anchors.stream()
        .map(anchor -> Pem.fingerprint(der(anchor)) + "\n")
        .distinct()
        .sorted()
        .collect(Collectors.joining());
    return Pem.fingerprint(lines.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] der(X509Certificate anchor) {
    try {
      return anchor.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("the anchor cannot be encoded", e);
    }
  }

  /**
   * The anchors.
   *
   * @throws IllegalArgumentException if the PEM holds none
   */
  public List<X509Certificate> anchors() {
    return Pem.certificates(pem);
  }
}
