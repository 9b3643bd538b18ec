package io.mintmark.provisioning.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The body of an EST answer: base64 in lines of 76 characters (RFC 2045; RFC 8951, section 3.1). */
final class EstBody {

  private EstBody() {}

  static byte[] of(byte[] der) {
    String lines = Base64.getMimeEncoder().encodeToString(der);
    return (lines + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }
}
