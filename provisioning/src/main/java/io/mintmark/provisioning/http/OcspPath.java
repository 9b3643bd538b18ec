package io.mintmark.provisioning.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The request in the path of an OCSP GET (RFC 6960, appendix A.1): base64 of the DER, escaped. What
 * clients really send: all of {@code / + =} escaped, none of them, or some; a slash too many in
 * front; base64url; without padding.
 */
final class OcspPath {

  private OcspPath() {}

  /**
   * The DER.
   *
   * @param path all after {@code /ocsp/}, as it was sent
   * @throws IllegalArgumentException if it is not base64, or its escapes are broken
   */
  static byte[] decode(String path) {
    String text = unescaped(path);
    StringBuilder digits = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // DER begins with an M, so a slash in front is the separator written twice. A plus that some
      // form decoder met on the way is a space.
      if (c != '=' && (c != '/' || digits.length() > 0)) {
        digits.append(
            switch (c) {
              case '-', ' ' -> '+';
              case '_' -> '/';
              default -> c;
            });
      }
    }
    return Base64.getDecoder().decode(digits.toString());
  }

  private static String unescaped(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(path.length());
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '%') {
        if (i + 2 >= path.length()) {
          throw new IllegalArgumentException("an escape is cut off");
        }
        bytes.write(HexFormat.fromHexDigits(path, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(path.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }
}
