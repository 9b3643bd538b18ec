package io.mintmark.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the few pieces of DER (X.690) that certification requests need, and what is put together
 * of parts that are DER already. Thread-safe: it keeps nothing.
 */
public final class Der {

  /** The tag of a SEQUENCE. */
  public static final int SEQUENCE = 0x30;

  /** The tag of a SET. */
  public static final int SET = 0x31;

  static final int OCTET_STRING = 0x04;
  static final int UTF8_STRING = 0x0c;
  private static final int BIT_STRING = 0x03;
  private static final int OBJECT_IDENTIFIER = 0x06;

  private Der() {}

  /** One element: tag, definite length, the contents one after the other. */
  public static byte[] element(int tag, byte[]... contents) {
    int length = 0;
    for (byte[] content : contents) {
      length += content.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = (Integer.SIZE + 7 - Integer.numberOfLeadingZeros(length)) / 8;
      out.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(length >> (8 * i));
      }
    }
    for (byte[] content : contents) {
      out.writeBytes(content);
    }
    return out.toByteArray();
  }

  static byte[] integerZero() {
    return new byte[] {0x02, 0x01, 0x00};
  }

  /** A BIT STRING of whole bytes. */
  public static byte[] bitString(byte[] bits) {
    return element(BIT_STRING, new byte[] {0}, bits);
  }

  static byte[] utf8(String text) {
    return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** An object identifier from its dotted form. */
  public static byte[] oid(String dotted) {
    int[] arcs = Arrays.stream(dotted.split("\\.")).mapToInt(Integer::parseInt).toArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    base128(out, arcs[0] * 40 + arcs[1]);
    for (int i = 2; i < arcs.length; i++) {
      base128(out, arcs[i]);
    }
    return element(OBJECT_IDENTIFIER, out.toByteArray());
  }

  private static void base128(ByteArrayOutputStream out, int value) {
    int groups = Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
    for (int i = groups - 1; i >= 0; i--) {
      out.write((value >> (7 * i) & 0x7f) | (i > 0 ? 0x80 : 0));
    }
  }
}
