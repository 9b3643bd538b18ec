package io.mintmark.provisioning.audit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * What chains a row of the audit log to the one before: SHA-256 over the hash of that row (32
 * bytes; zeros before the first), the row's sequence and its time in milliseconds since 1970 (8
 * bytes each, big-endian), then actor, action, subject and detail, each as the length of its UTF-8
 * in 4 bytes and the UTF-8; a detail that is null is the length -1 alone.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record ChainHash(String hex) {

  /** How long it is, in bytes. */
  public static final int BYTES = 32;

  /** What stands for the row before the first. */
  public static final ChainHash NONE = new ChainHash("00".repeat(BYTES));

  /**
   * A hash somebody wrote down.
   *
   * @throws IllegalArgumentException if it is not one
   */
  @JsonCreator
  public ChainHash {
    if (hex == null || !hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("a row's hash is 64 hexadecimal digits");
    }
  }

  /** The hash of these bytes. */
  public static ChainHash of(byte[] bytes) {
    return new ChainHash(HexFormat.of().formatHex(bytes));
  }

  /** Of a row, if it stood at this sequence after a row of this hash. */
  static ChainHash of(ChainHash before, long sequence, AuditRow row) {
    return of(of(
        before.bytes(),
        sequence,
        row.at(),
        row.actor(),
        row.action(),
        row.subject(),
        row.detail()));
  }

  /**
   * Of a row.
   *
   * @param before the hash of the row before
   * @param detail or null
   */
  public static byte[] of(
      byte[] before,
      long sequence,
      Instant at,
      String actor,
      String action,
      String subject,
      String detail) {
    MessageDigest digest = sha256();
    digest.update(before);
    digest.update(ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(sequence)
        .putLong(at.toEpochMilli())
        .array());
    add(digest, actor);
    add(digest, action);
    add(digest, subject);
    add(digest, detail);
    return digest.digest();
  }

  private static void add(MessageDigest digest, String text) {
    byte[] utf8 = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES)
        .putInt(text == null ? -1 : utf8.length)
        .array());
    digest.update(utf8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** Its 32 bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @JsonValue
  @Override
  public String toString() {
    return hex;
  }
}
