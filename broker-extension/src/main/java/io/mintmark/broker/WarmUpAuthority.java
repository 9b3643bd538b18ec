package io.mintmark.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Der;
import io.mintmark.identity.Pem;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;

/**
 * A root and an issuing CA for the time of a warm-up, and certificates of the same make as a
 * device's (RFC 5280, section 4.1). Its keys are in memory only and end with it. Not thread-safe.
 */
final class WarmUpAuthority {

  private static final String ROOT = "warm-up root";
  private static final String ISSUING = "warm-up issuing";
  private static final Duration LIFETIME = Duration.ofHours(1);
  private static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Instant now;
  private final KeyPair issuingKeys = CertificateRequest.newKeyPair();
  private final KeyPair clientKeys = CertificateRequest.newKeyPair();
  private final X509Certificate root;
  private final X509Certificate issuing;
  private int serial;

  WarmUpAuthority(Instant now) {
    this.now = now;
    KeyPair rootKeys = CertificateRequest.newKeyPair();
    this.root = certificate(ROOT, rootKeys, ROOT, rootKeys.getPublic(), authority());
    this.issuing = certificate(ROOT, rootKeys, ISSUING, issuingKeys.getPublic(), authority());
  }

  X509Certificate root() {
    return root;
  }

  /** The credential of a server nobody asks for its name. */
  Credential server() {
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate leaf =
        certificate(ISSUING, issuingKeys, "warm-up", keys.getPublic(), usage("1.3.6.1.5.5.7.3.1"));
    return new Credential(keys.getPrivate(), List.of(leaf, issuing));
  }

  /**
   * Of another client each time: what was seen before is remembered by its bytes in several places,
   * and the way there would stay cold.
   *
   * @param spiffeId its identity
   */
  Credential client(String name, String spiffeId) {
    byte[] uri = Der.element(0x86, spiffeId.getBytes(UTF_8));
    X509Certificate leaf = certificate(
        ISSUING,
        issuingKeys,
        name,
        clientKeys.getPublic(),
        usage("1.3.6.1.5.5.7.3.2"),
        extension("2.5.29.17", false, Der.element(Der.SEQUENCE, uri)));
    return new Credential(clientKeys.getPrivate(), List.of(leaf, issuing));
  }

  /** A CA, which may sign certificates. */
  private static byte[] authority() {
    return concat(
        extension("2.5.29.19", true, Der.element(Der.SEQUENCE, TRUE)),
        extension("2.5.29.15", true, new byte[] {0x03, 0x02, 0x02, 0x04}));
  }

  /** It may sign in TLS, for this purpose. */
  private static byte[] usage(String purpose) {
    return concat(
        extension("2.5.29.15", true, new byte[] {0x03, 0x02, 0x07, (byte) 0x80}),
        extension("2.5.29.37", false, Der.element(Der.SEQUENCE, Der.oid(purpose))));
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    byte[] octets = Der.element(0x04, value);
    return critical
        ? Der.element(Der.SEQUENCE, Der.oid(oid), TRUE, octets)
        : Der.element(Der.SEQUENCE, Der.oid(oid), octets);
  }

  private X509Certificate certificate(
      String issuer, KeyPair issuerKeys, String subject, PublicKey key, byte[]... extensions) {
    byte[] algorithm = Der.element(Der.SEQUENCE, Der.oid("1.2.840.10045.4.3.2"));
    byte[] body = Der.element(
        Der.SEQUENCE,
        Der.element(0xa0, integer(BigInteger.TWO)),
        integer(BigInteger.valueOf(++serial)),
        algorithm,
        name(issuer),
        Der.element(Der.SEQUENCE, time(now.minus(LIFETIME)), time(now.plus(LIFETIME))),
        name(subject),
        key.getEncoded(),
        Der.element(0xa3, Der.element(Der.SEQUENCE, extensions)));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(issuerKeys.getPrivate());
      signature.update(body);
      return Pem.certificate(
          Der.element(Der.SEQUENCE, body, algorithm, Der.bitString(signature.sign())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not sign with P-256", e);
    }
  }

  private static byte[] name(String commonName) {
    byte[] text = Der.element(0x0c, commonName.getBytes(UTF_8));
    byte[] attribute = Der.element(Der.SEQUENCE, Der.oid("2.5.4.3"), text);
    return Der.element(Der.SEQUENCE, Der.element(Der.SET, attribute));
  }

  private static byte[] integer(BigInteger value) {
    return Der.element(0x02, value.toByteArray());
  }

  private static byte[] time(Instant moment) {
    return Der.element(0x17, UTC_TIME.format(moment).getBytes(UTF_8));
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
