package io.mintmark.provisioning;

import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ties a device of a manifest to one bootstrap certificate or one bootstrap key. Immutable.
 *
 * @param of what is hashed
 * @param sha256 the hash, 64 lower-case hex digits
 */
public record Pin(Of of, String sha256) {

  /** What is hashed. */
  public enum Of {
    /** The SubjectPublicKeyInfo: a new certificate around the same key still matches. */
    SPKI,
    /** The whole certificate. */
    CERT
  }

  private static final Pattern FORM =
      Pattern.compile("(?<of>spki|cert)-sha256:(?<hex>[0-9A-Fa-f]{64})");

  /**
   * Reads {@code spki-sha256:HEX64} or {@code cert-sha256:HEX64}.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static Pin parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "pin '"
              + Printable.of(text)
              + "' is not valid: use spki-sha256: or cert-sha256: and 64 hex digits, or leave it empty");
    }
    return new Pin(
        Of.valueOf(m.group("of").toUpperCase(Locale.ROOT)),
        m.group("hex").toLowerCase(Locale.ROOT));
  }

  /** Whether this is the certificate, or its key, that was pinned. */
  public boolean matches(X509Certificate certificate) {
    try {
      byte[] hashed =
          of == Of.SPKI ? certificate.getPublicKey().getEncoded() : certificate.getEncoded();
      return Pem.fingerprint(hashed).equals(sha256);
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }

  /** The form {@link #parse} reads. */
  @Override
  public String toString() {
    return of.name().toLowerCase(Locale.ROOT) + "-sha256:" + sha256;
  }
}
