package io.mintmark.simulators;

import io.mintmark.identity.Der;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Arrays;

/**
 * OCSP requests about the certificates of one CA (RFC 6960, section 4.1, as RFC 5019 has them:
 * SHA-1, no nonce), as they go over the wire. Thread-safe.
 */
final class OcspQuestion {

  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final byte[] NULL = {0x05, 0x00};

  /** An uncompressed P-256 point: what the BIT STRING of such a key holds, at its end. */
  private static final int POINT_BYTES = 65;

  private final byte[] algorithm = Der.element(Der.SEQUENCE, Der.oid("1.3.14.3.2.26"), NULL);
  private final byte[] name;
  private final byte[] key;

  OcspQuestion(X509Certificate issuer) {
    byte[] info = issuer.getPublicKey().getEncoded();
    name = Der.element(OCTET_STRING, sha1(issuer.getSubjectX500Principal().getEncoded()));
    key = Der.element(
        OCTET_STRING, sha1(Arrays.copyOfRange(info, info.length - POINT_BYTES, info.length)));
  }

  private static byte[] sha1(byte[] of) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(of);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-1", e);
    }
  }

  /** The request about one serial number. */
  byte[] der(BigInteger serial) {
    byte[] id =
        Der.element(Der.SEQUENCE, algorithm, name, key, Der.element(INTEGER, serial.toByteArray()));
    byte[] list = Der.element(Der.SEQUENCE, Der.element(Der.SEQUENCE, id));
    return Der.element(Der.SEQUENCE, Der.element(Der.SEQUENCE, list));
  }

  /** The same as a whole POST. */
  byte[] http(BigInteger serial, String host) {
    byte[] body = der(serial);
    byte[] head = ("POST /ocsp HTTP/1.1\r\nHost: " + host
            + "\r\nContent-Type: application/ocsp-request\r\nContent-Length: " + body.length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }
}
