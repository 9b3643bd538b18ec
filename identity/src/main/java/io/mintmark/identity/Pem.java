package io.mintmark.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes PEM, the textual encodings of RFC 7468. Thread-safe: it keeps nothing. */
public final class Pem {

  /**
   * One encapsulated block.
   *
   * @param label for example {@code CERTIFICATE}
   * @param der the decoded content
   */
  public record Block(String label, byte[] der) {}

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  /** Algorithms of the private keys we read, by trial: PKCS#8 names its own, the JDK asks us. */
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  private Pem() {}

  /** One block, its body in lines of 64 characters, with a closing line break. */
  public static String encode(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** Certificates in the order given. */
  public static String encode(Collection<X509Certificate> certificates) {
    StringBuilder out = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      out.append(encode("CERTIFICATE", der(certificate)));
    }
    return out.toString();
  }

  /**
   * A private key as unencrypted PKCS#8. The result is a secret.
   *
   * @throws IllegalArgumentException if the key cannot leave the token it is in
   */
  public static String encode(PrivateKey key) {
    byte[] der = key.getEncoded();
    if (der == null) {
      throw new IllegalArgumentException("the private key cannot leave the token it is in");
    }
    return encode("PRIVATE KEY", der);
  }

  /**
   * All blocks of a text; what stands between them is passed over.
   *
   * @throws IllegalArgumentException if a block's body is not base64
   */
  public static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    Matcher m = BLOCK.matcher(text);
    while (m.find()) {
      String body = m.group(2).replaceAll("\\s", "");
      try {
        blocks.add(new Block(m.group(1), Base64.getDecoder().decode(body)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "PEM block '" + m.group(1) + "' does not hold base64: " + e.getMessage(), e);
      }
    }
    return blocks;
  }

  /**
   * All certificates of a text, in order.
   *
   * @throws IllegalArgumentException if there is none, or one cannot be read
   */
  public static List<X509Certificate> certificates(String text) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(text)) {
      if (block.label().equals("CERTIFICATE")) {
        certificates.add(certificate(block.der()));
      }
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("no CERTIFICATE block found in the PEM text");
    }
    return certificates;
  }

  /**
   * One certificate from DER.
   *
   * @throws IllegalArgumentException if the bytes are not one certificate
   */
  public static X509Certificate certificate(byte[] der) {
    // Not by way of pkcs7: the JDK would first try the other format, and fail at it by an
    // exception.
    ByteArrayInputStream in = new ByteArrayInputStream(der);
    try {
      Certificate found = CertificateFactory.getInstance("X.509").generateCertificate(in);
      if (in.available() > 0) {
        throw new IllegalArgumentException(
            "expected one certificate, found " + in.available() + " bytes more");
      }
      return (X509Certificate) found;
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not an X.509 certificate", e);
    }
  }

  /**
   * The certificates of a DER certificate or of a certs-only PKCS#7 message (RFC 7030, section
   * 4.1.3; RFC 8951, section 3), in the order they stand in.
   *
   * @throws IllegalArgumentException if the bytes are neither
   */
  public static List<X509Certificate> pkcs7(byte[] der) {
    try {
      List<X509Certificate> found = new ArrayList<>();
      for (Certificate c : CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(der))) {
        found.add((X509Certificate) c);
      }
      return found;
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not an X.509 certificate or PKCS#7 message", e);
    }
  }

  /**
   * The first private key of a text: PKCS#8, unencrypted, of an EC, RSA or Ed25519 key. The message
   * of the exception never holds key material.
   *
   * @throws IllegalArgumentException if there is none, or it cannot be read
   */
  public static PrivateKey privateKey(String text) {
    for (Block block : blocks(text)) {
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return pkcs8(block.der());
        }
        case "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY" ->
          throw new IllegalArgumentException("'"
              + block.label()
              + "' is not supported: convert it with openssl pkcs8 -topk8 -nocrypt");
        default -> {
          // Certificates and EC parameters may stand before the key.
        }
      }
    }
    throw new IllegalArgumentException("no PRIVATE KEY block found in the PEM text");
  }

  private static PrivateKey pkcs8(byte[] der) {
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // Not a key of this algorithm; deliberately without the cause, it may quote it.
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this JDK has no " + algorithm + " keys", e);
      }
    }
    throw new IllegalArgumentException(
        "the PRIVATE KEY block is not a PKCS#8 key of EC, RSA or Ed25519");
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("the certificate cannot be encoded", e);
    }
  }

  /** SHA-256 in lower-case hex of the bytes, the form pins and fingerprints are written in. */
  public static String fingerprint(byte[] bytes) {
    try {
      byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(bytes);
      return java.util.HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
