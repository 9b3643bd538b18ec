package io.mintmark.provisioning.http;

import io.mintmark.provisioning.Refusal;

/** Finds where a DER element (X.690, section 8.1) lies among bytes, without decoding it. */
final class DerLengths {

  private static final int LONG_FORM = 0x80;

  private DerLengths() {}

  /**
   * Where the content of the element at this offset begins.
   *
   * @throws Refusal INVALID if its length is not a definite one
   */
  static int contentOf(byte[] der, int offset) throws Refusal {
    int first = der[offset + 1] & 0xff;
    if (first == LONG_FORM) {
      throw new Refusal(
          Refusal.Kind.INVALID, "the request is BER of indefinite length: encode it as DER");
    }
    return offset + 2 + (first < LONG_FORM ? 0 : first - LONG_FORM);
  }

  /**
   * Where the element at this offset ends.
   *
   * @throws Refusal INVALID if its length is not a definite one
   */
  static int endOf(byte[] der, int offset) throws Refusal {
    int content = contentOf(der, offset);
    int length = der[offset + 1] & 0xff;
    if (length >= LONG_FORM) {
      length = 0;
      for (int i = offset + 2; i < content; i++) {
        length = (length << 8) | (der[i] & 0xff);
      }
    }
    return content + length;
  }
}
