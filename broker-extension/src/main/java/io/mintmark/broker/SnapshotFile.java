package io.mintmark.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.TrustDomain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The last snapshot on disk, so that the broker serves while the provisioning service is away.
 * Replaced atomically. One writer.
 *
 * <p>It carries a digest of itself: one bit turned over in the name of a revoked device would leave
 * good JSON that lets it in.
 */
final class SnapshotFile {

  private static final int FORMAT = 2;

  /** Had no digest; still read. */
  private static final int FIRST_FORMAT = 1;

  /** Millions of denials; more would not fit in memory either. */
  private static final long LARGEST = 512L << 20;

  /** On disk; a broker refuses a higher format, it may mean more than it can read. */
  private record Stored(int format, FeedSnapshot snapshot) {}

  private static final String HEAD = "{\"format\":" + FORMAT + ",\"sha256\":\"";
  private static final String NECK = "\",\"snapshot\":";
  private static final int DIGEST_CHARS = 64;
  private static final int BODY = HEAD.length() + DIGEST_CHARS + NECK.length();

  private final Path file;

  SnapshotFile(Path file) {
    this.file = file;
  }

  /**
   * The stored snapshot; empty if there is none yet.
   *
   * @throws StartRefusedException if there is one and it cannot be trusted: without the denials in
   *     it, starting would let revoked devices in
   */
  Optional<FeedSnapshot> load(TrustDomain own) throws StartRefusedException {
    byte[] bytes;
    try {
      if (Files.size(file) > LARGEST) {
        throw damaged("it is larger than " + (LARGEST >> 20) + " MiB", null);
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StartRefusedException("feed snapshot " + file + " cannot be read: " + e, e);
    }
    boolean digested = startsWith(bytes, HEAD);
    if (digested && !isWhole(bytes)) {
      throw damaged("its digest does not match", null);
    }
    Stored stored;
    try {
      stored = FeedJson.MAPPER.readValue(bytes, Stored.class);
    } catch (JsonProcessingException e) {
      throw damaged(e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw damaged(e.getMessage(), e);
    }
    if (stored == null || stored.format() != (digested ? FORMAT : FIRST_FORMAT)) {
      throw damaged("its format is not " + FORMAT, null);
    }
    FeedSnapshot snapshot = stored.snapshot();
    if (snapshot == null || snapshot.feedId() == null || snapshot.heardAt() == null) {
      throw damaged("it is not complete", null);
    }
    requireReadable(snapshot.bundle());
    if (!own.name().equals(snapshot.trustDomain())) {
      throw new StartRefusedException("feed snapshot "
          + file
          + " is of trust domain "
          + snapshot.trustDomain()
          + ", but the broker's certificate is of "
          + own
          + "; use the folder that belongs to this broker, or delete the file");
    }
    return Optional.of(snapshot);
  }

  private static boolean startsWith(byte[] bytes, String start) {
    byte[] expected = start.getBytes(StandardCharsets.US_ASCII);
    return bytes.length >= expected.length
        && Arrays.equals(bytes, 0, expected.length, expected, 0, expected.length);
  }

  private static boolean isWhole(byte[] bytes) {
    // The brace at the end is the outer one's; Jackson has something to say if it is not there.
    return bytes.length > BODY
        && startsWith(bytes, head(Arrays.copyOfRange(bytes, BODY, bytes.length - 1)));
  }

  private static String head(byte[] snapshot) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(snapshot);
      return HEAD + HexFormat.of().formatHex(digest) + NECK;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void requireReadable(Bundle bundle) throws StartRefusedException {
    try {
      if (bundle != null) {
        bundle.anchors();
      }
    } catch (IllegalArgumentException e) {
      throw damaged("its bundle: " + e.getMessage(), e);
    }
  }

  private StartRefusedException damaged(String why, Throwable cause) {
    return new StartRefusedException(
        "feed snapshot "
            + file
            + " is damaged ("
            + why
            + "); delete it and start again while the provisioning service is reachable",
        cause);
  }

  /** Replaces the stored snapshot; durable when this returns. */
  void save(FeedSnapshot snapshot) throws IOException {
    byte[] body = FeedJson.MAPPER.writeValueAsBytes(snapshot);
    ByteArrayOutputStream whole = new ByteArrayOutputStream(BODY + body.length + 1);
    whole.writeBytes(head(body).getBytes(StandardCharsets.US_ASCII));
    whole.writeBytes(body);
    whole.write('}');
    AtomicFile.writeSecret(file, whole.toByteArray());
  }
}
