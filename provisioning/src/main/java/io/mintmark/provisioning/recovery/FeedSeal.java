package io.mintmark.provisioning.recovery;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the places brokers are told: what they give back was once told by this installation, so
 * that nobody can make a service believe that it has lost something. Thread-safe.
 */
public final class FeedSeal {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int SEAL_BYTES = 16;

  private final String feedId;
  private final SecretKeySpec key;

  /**
   * The seal of a feed.
   *
   * @param key hex; a secret
   */
  public FeedSeal(String feedId, String key) {
    this.feedId = feedId;
    this.key = new SecretKeySpec(HexFormat.of().parseHex(key), ALGORITHM);
  }

  /** What a broker is told of its place: characters that need no escape in a URL. */
  public String seal(String epoch, long sequence) {
    String place = epoch + "." + sequence;
    return place + "." + mac(place);
  }

  /** The place that was sealed; empty if this is not ours. */
  public Optional<FeedPlace> open(String sealed) {
    int dot = sealed.lastIndexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    String place = sealed.substring(0, dot);
    byte[] expected = mac(place).getBytes(StandardCharsets.UTF_8);
    byte[] found = sealed.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, found)) {
      return Optional.empty();
    }
    // What we sealed can be read.
    int inner = place.indexOf('.');
    return Optional.of(new FeedPlace(
        Epoch.of(place.substring(0, inner)), Long.parseLong(place.substring(inner + 1))));
  }

  private String mac(String place) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] full = mac.doFinal((feedId + " " + place).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(full, 0, SEAL_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + ALGORITHM, e);
    }
  }
}
