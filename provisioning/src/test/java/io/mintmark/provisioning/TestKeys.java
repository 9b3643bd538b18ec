package io.mintmark.provisioning;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Key pairs of every kind that certificates may be for, or may not. */
public final class TestKeys {

  private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

  /** {@code primes.txt} has so many for each size of keys. */
  private static final int PRIMES = 3;

  private static final AtomicInteger RSA_KEYS = new AtomicInteger();

  private TestKeys() {}

  /** One of {@code key-types}, or EC with another number, or RSA of a size in {@code primes.txt}. */
  public static KeyPair of(String type) {
    try {
      if (type.equals("ed25519")) {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      }
      int number = Integer.parseInt(type.substring(4));
      if (type.startsWith("rsa")) {
        return rsa(number);
      }
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp" + number + "r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Another than the two before. Primes take Java seconds to find, so they are kept. */
  private static KeyPair rsa(int bits) throws GeneralSecurityException, IOException {
    List<BigInteger> primes = primes(bits);
    int left = Math.floorMod(RSA_KEYS.getAndIncrement(), PRIMES);
    BigInteger p = primes.get((left + 1) % PRIMES);
    BigInteger q = primes.get((left + 2) % PRIMES);
    BigInteger modulus = p.multiply(q);
    BigInteger pLess = p.subtract(BigInteger.ONE);
    BigInteger qLess = q.subtract(BigInteger.ONE);
    BigInteger secret = EXPONENT.modInverse(pLess.multiply(qLess));
    KeyFactory factory = KeyFactory.getInstance("RSA");
    return new KeyPair(
        factory.generatePublic(new RSAPublicKeySpec(modulus, EXPONENT)),
        factory.generatePrivate(new RSAPrivateCrtKeySpec(
            modulus,
            EXPONENT,
            secret,
            p,
            q,
            secret.mod(pLess),
            secret.mod(qLess),
            q.modInverse(p))));
  }

  private static List<BigInteger> primes(int bits) throws IOException {
    try (InputStream file = TestKeys.class.getResourceAsStream("primes.txt")) {
      List<BigInteger> primes = new String(file.readAllBytes(), US_ASCII)
          .lines()
          .map(line -> line.split(" ", 2))
          .filter(line -> line[0].equals(Integer.toString(bits)))
          .map(line -> new BigInteger(line[1], 16))
          .toList();
      if (primes.size() != PRIMES) {
        throw new IllegalArgumentException("no primes are kept for RSA keys of " + bits + " bits");
      }
      return primes;
    }
  }
}
