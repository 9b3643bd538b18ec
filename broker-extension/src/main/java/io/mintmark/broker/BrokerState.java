package io.mintmark.broker;

import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;

/**
 * What the broker holds on disk when it starts.
 *
 * @param credential its own key and chain
 * @param snapshot the feed as last heard, or {@link FeedSnapshot#NONE}
 * @param trust whom it trusts: the feed's bundle, or what {@code trust.pem} holds until there is one
 */
record BrokerState(Credential credential, FeedSnapshot snapshot, Trust trust) {

  /**
   * Reads it, once it is there: a broker that was invited obtains its credential first.
   *
   * @throws StartRefusedException if any of it is missing, damaged, or not a broker's
   */
  static BrokerState load(ExtensionSettings settings, Clock clock) throws StartRefusedException {
    if (settings.bootstrap() != null) {
      new OwnEnrolment(settings, clock).ensure();
    }
    Credential credential = credential(settings.credential());
    requireValid(credential, settings.credential(), clock);
    FeedSnapshot snapshot = new SnapshotFile(settings.snapshot())
        .load(credential.identity().trustDomain())
        .orElse(FeedSnapshot.NONE);
    return new BrokerState(
        credential,
        snapshot,
        snapshot.bundle() == null
            ? Trust.of(anchors(settings.trust()))
            : Trust.of(snapshot.bundle()));
  }

  /** The installation this broker belongs to. */
  TrustDomain trustDomain() {
    return credential.identity().trustDomain();
  }

  private static Credential credential(Path file) throws StartRefusedException {
    try {
      Credential credential = new CredentialStore(file)
          .load()
          .orElseThrow(() -> new StartRefusedException("the broker's credential " + file
              + " is missing; start it with an invitation" + " (mintmark broker invite)"));
      Identity identity = credential.identity();
      if (!(identity instanceof Identity.Broker)) {
        throw new StartRefusedException(file + " is of " + identity + ", which is no broker");
      }
      return credential;
    } catch (IOException e) {
      throw new StartRefusedException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new StartRefusedException(file + " is no broker's credential: " + e.getMessage(), e);
    }
  }

  private static void requireValid(Credential credential, Path file, Clock clock)
      throws StartRefusedException {
    Validity validity = Validity.of(credential.certificate());
    if (!validity.contains(clock.instant())) {
      throw new StartRefusedException("the broker's certificate in "
          + file
          + " is valid from "
          + validity.notBefore()
          + " to "
          + validity.notAfter()
          + ", but it is "
          + clock.instant()
          + "; have a new one issued by an invitation (mintmark broker invite), or set the clock");
    }
  }

  private static List<X509Certificate> anchors(Path file) throws StartRefusedException {
    try {
      return Pem.certificates(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new StartRefusedException(
          "the trust anchors " + file + " are missing; copy trust.pem of the service there", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartRefusedException(
          "the trust anchors in " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
