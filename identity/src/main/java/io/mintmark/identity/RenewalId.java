package io.mintmark.identity;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * What renewal information calls a certificate (RFC 9773, section 4.1): the key identifier of its
 * issuer and its serial number. Immutable.
 *
 * @param issuerKeyId the authorityKeyIdentifier's keyIdentifier, lower-case hex
 * @param serial the serial number, positive
 */
public record RenewalId(String issuerKeyId, BigInteger serial) {

  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  private static final int KEY_IDENTIFIER = 0x80;
  private static final int LONGEST_PART = 64;
  private static final HexFormat HEX = HexFormat.of();

  /**
   * @throws IllegalArgumentException if a part is empty or the serial is not positive
   */
  public RenewalId {
    if (issuerKeyId.isEmpty() || serial.signum() <= 0) {
      throw new IllegalArgumentException(
          "a certificate is named by its issuer's key identifier and a positive serial number");
    }
  }

  /**
   * Of a certificate.
   *
   * @throws IllegalArgumentException if it does not say its issuer's key identifier
   */
  public static RenewalId of(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(AUTHORITY_KEY_IDENTIFIER);
    if (extension == null) {
      throw new IllegalArgumentException("the certificate has no authorityKeyIdentifier");
    }
    return new RenewalId(HEX.formatHex(keyIdentifier(extension)), certificate.getSerialNumber());
  }

  /**
   * Reads the text of {@link #toString} back; one certificate has one text.
   *
   * @throws IllegalArgumentException if it is not base64url, a dot and base64url, unpadded
   */
  public static RenewalId parse(String text) {
    int dot = text.indexOf('.');
    if (dot < 0 || text.length() > 2 * LONGEST_PART) {
      throw invalid(text);
    }
    byte[] issuer = decode(text, text.substring(0, dot));
    byte[] serial = decode(text, text.substring(dot + 1));
    RenewalId id;
    try {
      id = new RenewalId(HEX.formatHex(issuer), new BigInteger(serial));
    } catch (IllegalArgumentException e) {
      throw invalid(text);
    }
    if (!id.toString().equals(text)) {
      throw invalid(text);
    }
    return id;
  }

  private static byte[] decode(String text, String part) {
    try {
      return Base64.getUrlDecoder().decode(part);
    } catch (IllegalArgumentException e) {
      throw invalid(text);
    }
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("'"
        + Printable.of(text)
        + "' names no certificate: use base64url of the authorityKeyIdentifier, a dot and base64url"
        + " of the serial number, without padding (RFC 9773, section 4.1)");
  }

  /** The first element of the SEQUENCE in the OCTET STRING, if it is the one looked for. */
  private static byte[] keyIdentifier(byte[] extension) {
    int sequence = contentOf(extension, 0);
    int element = sequence < extension.length ? contentOf(extension, sequence) : extension.length;
    if (element + 1 < extension.length
        && (extension[element] & 0xff) == KEY_IDENTIFIER
        && extension[element + 1] > 0
        && element + 2 + extension[element + 1] <= extension.length) {
      return Arrays.copyOfRange(extension, element + 2, element + 2 + extension[element + 1]);
    }
    throw new IllegalArgumentException(
        "the certificate's authorityKeyIdentifier has no keyIdentifier");
  }

  /** Where the content of the DER element at this offset begins. */
  private static int contentOf(byte[] der, int offset) {
    int first = offset + 1 < der.length ? der[offset + 1] & 0xff : 0;
    return offset + 2 + (first < 0x80 ? 0 : first - 0x80);
  }

  /** As it stands in a path: the serial's bytes as DER has them. */
  @Override
  public String toString() {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString(HEX.parseHex(issuerKeyId))
        + "."
        + base64.encodeToString(serial.toByteArray());
  }
}
