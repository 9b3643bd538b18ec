package io.mintmark.broker;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the certificates that a CA makes of one kind have in common: all that is signed (RFC 5280,
 * section 4.1.2) but for the serial number, the validity, the subject, the point of the key on its
 * curve, and the values of the subject's alternative names and key identifier. Two of the same form
 * have the same version, issuer, algorithms, curve and, byte for byte, the same other extensions.
 *
 * <p>Only for version 3, keys on elliptic curves and plain DER; whatever else has none. Not
 * thread-safe, and gone when {@link #of} has returned.
 */
final class CertificateForm {

  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int VERSION = 0xa0;
  private static final int EXTENSIONS = 0xa3;

  /** 2.5.29.14, and 2.5.29.17. */
  private static final byte[] KEY_IDENTIFIER = {OBJECT_IDENTIFIER, 3, 0x55, 0x1d, 0x0e};

  private static final byte[] ALTERNATIVE_NAMES = {OBJECT_IDENTIFIER, 3, 0x55, 0x1d, 0x11};

  private static final class NoForm extends Exception {
    private static final long serialVersionUID = 1;

    NoForm() {
      super(null, null, false, false);
    }
  }

  private final byte[] signed;
  private final byte[] kept;
  private int at;
  private int length;

  private CertificateForm(byte[] signed) {
    this.signed = signed;
    this.kept = new byte[signed.length];
  }

  /** The form, in characters that stand for bytes; empty if it has none. */
  static Optional<String> of(X509Certificate certificate) {
    if (!(certificate.getPublicKey() instanceof ECPublicKey)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new CertificateForm(certificate.getTBSCertificate()).read());
    } catch (CertificateEncodingException | NoForm e) {
      return Optional.empty();
    }
  }

  private String read() throws NoForm {
    int end = enter(SEQUENCE);
    keep(VERSION);
    skip(INTEGER);
    keep(SEQUENCE);
    keep(SEQUENCE);
    skip(SEQUENCE);
    skip(SEQUENCE);
    int key = enter(SEQUENCE);
    keep(SEQUENCE);
    keepLength(BIT_STRING);
    require(at == key);
    int extensions = enter(EXTENSIONS);
    require(enter(SEQUENCE) == extensions);
    while (at < extensions) {
      extension();
    }
    require(at == extensions && extensions == end && end == signed.length);
    return new String(kept, 0, length, StandardCharsets.ISO_8859_1);
  }

  private void extension() throws NoForm {
    int end = enter(SEQUENCE);
    boolean ofSubject = isNext(KEY_IDENTIFIER) || isNext(ALTERNATIVE_NAMES);
    keep(OBJECT_IDENTIFIER);
    if (at < end && signed[at] == BOOLEAN) {
      keep(BOOLEAN);
    }
    if (ofSubject) {
      skip(OCTET_STRING);
    } else {
      keep(OCTET_STRING);
    }
    require(at == end);
  }

  private boolean isNext(byte[] bytes) {
    return signed.length - at >= bytes.length
        && Arrays.equals(signed, at, at + bytes.length, bytes, 0, bytes.length);
  }

  private void keep(int tag) throws NoForm {
    int from = at;
    at = enter(tag);
    copy(from, at);
  }

  private void keepLength(int tag) throws NoForm {
    int from = at;
    int end = enter(tag);
    copy(from, at);
    at = end;
  }

  private void skip(int tag) throws NoForm {
    at = enter(tag);
  }

  private void copy(int from, int to) {
    System.arraycopy(signed, from, kept, length, to - from);
    length += to - from;
  }

  /** Goes to the contents of the next element, of definite length, and tells where they end. */
  private int enter(int tag) throws NoForm {
    require(signed.length - at >= 2 && (signed[at] & 0xff) == tag);
    int size = signed[at + 1] & 0xff;
    at += 2;
    if (size >= 0x80) {
      int bytes = size & 0x7f;
      require(bytes >= 1 && bytes <= 3 && signed.length - at >= bytes);
      size = 0;
      for (int i = 0; i < bytes; i++) {
        size = (size << 8) | (signed[at++] & 0xff);
      }
    }
    require(signed.length - at >= size);
    return at + size;
  }

  private static void require(boolean expected) throws NoForm {
    if (!expected) {
      throw new NoForm();
    }
  }
}
