package io.mintmark.provisioning.http;

import io.mintmark.identity.Pem;
import io.mintmark.provisioning.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Undresses an {@code application/pkcs10} body: base64 with CRLF, LF or no line breaks (RFC 8951,
 * section 3.1), and, since shell scripts send them, PEM and bare DER. Content-Transfer-Encoding is
 * ignored, as RFC 8951 says: the forms tell themselves apart by their first byte.
 */
final class Pkcs10Body {

  private static final byte DER_SEQUENCE = 0x30;
  private static final List<String> LABELS =
      List.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");

  private Pkcs10Body() {}

  /**
   * The DER within; whether it is a request is not looked at.
   *
   * @throws Refusal INVALID if the body is none of the forms
   */
  static byte[] der(byte[] body) throws Refusal {
    // Base64 of a SEQUENCE begins with M, so a 0x30 (an ASCII 0) can only be DER.
    if (body.length > 0 && body[0] == DER_SEQUENCE) {
      return body;
    }
    String text = new String(body, StandardCharsets.ISO_8859_1);
    return text.contains("-----BEGIN ") ? pem(text) : base64(text);
  }

  private static byte[] pem(String text) throws Refusal {
    List<Pem.Block> blocks;
    try {
      blocks = Pem.blocks(text);
    } catch (IllegalArgumentException e) {
      throw invalid("the PEM in the body cannot be decoded");
    }
    if (blocks.size() != 1 || !LABELS.contains(blocks.get(0).label())) {
      throw invalid("the body must hold one PEM block, CERTIFICATE REQUEST, and holds "
          + blocks.stream().map(Pem.Block::label).limit(5).toList());
    }
    return blocks.get(0).der();
  }

  private static byte[] base64(String text) throws Refusal {
    StringBuilder digits = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\r' && c != '\n' && c != ' ' && c != '\t') {
        digits.append(c);
      }
    }
    try {
      byte[] der = Base64.getDecoder().decode(digits.toString());
      if (der.length > 0) {
        return der;
      }
    } catch (IllegalArgumentException e) {
      // Said below: the decoder's own words quote the input.
    }
    throw invalid("the body is neither base64, PEM nor DER of a PKCS#10 request");
  }

  private static Refusal invalid(String message) {
    return new Refusal(Refusal.Kind.INVALID, message);
  }
}
