package io.mintmark.provisioning.ca;

import io.mintmark.identity.Validity;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to sign one to-be-signed certificate, once. Only {@link Lint} gives it; only {@link
 * CertificateAuthority#sign} takes it. Thread-safe.
 */
public final class Permit {

  private final String issuer;
  private final byte[] toBeSigned;
  private final BigInteger serial;
  private final Validity validity;
  private final AtomicBoolean used = new AtomicBoolean();

  Permit(String issuer, byte[] toBeSigned, BigInteger serial, Validity validity) {
    this.issuer = issuer;
    this.toBeSigned = toBeSigned;
    this.serial = serial;
    this.validity = validity;
  }

  /** The id of the CA in it, whose key will sign. */
  public String issuer() {
    return issuer;
  }

  /** What will be signed, DER: the intent to store before {@link CertificateAuthority#sign}. */
  public byte[] toBeSigned() {
    return toBeSigned.clone();
  }

  /** The serial number in it. */
  public BigInteger serial() {
    return serial;
  }

  /** The validity in it. */
  public Validity validity() {
    return validity;
  }

  /** The bytes to sign; the second call fails. */
  byte[] use() {
    if (!used.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "the permit for serial " + serial.toString(16) + " was used before");
    }
    return toBeSigned;
  }
}
