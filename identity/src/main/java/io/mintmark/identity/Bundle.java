package io.mintmark.identity;

import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/**
 * Feed message: the trust anchors devices and brokers should hold now. It replaces the bundle
 * before.
 *
 * @param pem the anchors as PEM certificates
 */
public record Bundle(String pem) {

  /** A bundle of these anchors. */
  public static Bundle of(Collection<X509Certificate> anchors) {
    return new Bundle(Pem.encode(anchors));
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
