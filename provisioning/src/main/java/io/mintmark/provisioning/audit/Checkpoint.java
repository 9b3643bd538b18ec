package io.mintmark.provisioning.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;

/**
 * Says, signed, that the audit log had a row of this hash, and with it all rows before.
 *
 * @param sequence the row's
 * @param hash the row's
 * @param at when it was signed, in whole milliseconds
 * @param key the id of the issuing CA whose key signed it
 * @param signature over {@link #toBeSigned}: ecdsa-with-SHA256, DER, base64
 */
public record Checkpoint(long sequence, ChainHash hash, Instant at, String key, String signature) {

  /** In JCA's words. */
  private static final String ALGORITHM = "SHA256withECDSA";

  /** What a key signs for a checkpoint: text, so that it is never part of a certificate or CRL. */
  public static byte[] toBeSigned(long sequence, ChainHash hash, Instant at, String key) {
    return String.join(
            "\n",
            "mintmark audit checkpoint 1",
            Long.toString(sequence),
            hash.hex(),
            at.toString(),
            key,
            "")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether nothing of it is missing, as it may be when somebody else wrote it down. */
  boolean isWhole() {
    return hash != null && at != null && key != null && signature != null;
  }

  /** Whether this key signed it. */
  boolean isSignedBy(PublicKey publicKey) {
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(publicKey);
      verifier.update(toBeSigned(sequence, hash, at, key));
      return verifier.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
