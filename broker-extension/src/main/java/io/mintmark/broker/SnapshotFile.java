package io.mintmark.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The last snapshot on disk, so that the broker serves while the provisioning service is away.
 * Replaced atomically. One writer.
 */
final class SnapshotFile {

  private static final int FORMAT = 1;

  /** On disk; a broker refuses a higher format, it may mean more than it can read. */
  private record Stored(int format, FeedSnapshot snapshot) {}

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
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StartRefusedException("feed snapshot " + file + " cannot be read: " + e, e);
    }
    Stored stored;
    try {
      stored = FeedJson.MAPPER.readValue(bytes, Stored.class);
    } catch (JsonProcessingException e) {
      throw damaged(e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw damaged(e.getMessage(), e);
    }
    if (stored == null || stored.format() != FORMAT) {
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
    AtomicFile.writeSecret(file, FeedJson.MAPPER.writeValueAsBytes(new Stored(FORMAT, snapshot)));
  }
}
