package io.mintmark.broker;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Validity;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a bundle of the feed may become the broker's trust. Who vouches for a new root is the
 * service, over a connection that rests on the roots trusted until now ({@link FeedClient}): whoever
 * could forge that could lift every denial too. Not asked for is a signature by the root before;
 * that one may be lost, stolen, or somebody else's. What is asked for is that the bundle would trust
 * the service it comes from, or the broker had heard its last.
 */
final class BundleCheck {

  private static final int MOST = 100;

  private final Clock clock;

  BundleCheck(Clock clock) {
    this.clock = clock;
  }

  /**
   * What is wrong with it.
   *
   * @param service what the service showed in TLS on the connection the feed was heard by last
   * @return the rest of a sentence that begins with the bundle; empty if it may be used
   */
  Optional<String> fault(Bundle bundle, List<X509Certificate> service) {
    if (bundle.pem() == null) {
      return Optional.of("holds no certificates");
    }
    Trust trust;
    try {
      trust = Trust.of(bundle);
    } catch (IllegalArgumentException e) {
      return Optional.of("cannot be read: " + Printable.of(e.getMessage()));
    }
    if (trust.anchors().size() > MOST) {
      return Optional.of("names " + trust.anchors().size() + " roots, more than " + MOST);
    }
    Instant now = clock.instant();
    boolean standing = false;
    for (X509Certificate anchor : trust.anchors()) {
      if (anchor.getBasicConstraints() < 0) {
        return Optional.of("names '" + name(anchor) + "', which is no CA");
      }
      standing |= Validity.of(anchor).contains(now);
    }
    if (!standing) {
      return Optional.of("names no root that is valid now and was not withdrawn");
    }
    try {
      new ChainCheck(trust, clock).require(service);
      return Optional.empty();
    } catch (RefusedException e) {
      return Optional.of("would not trust the service it comes from, '" + name(service.get(0))
          + "' (" + Printable.of(e.getMessage()) + ")");
    }
  }

  private static String name(X509Certificate certificate) {
    return Printable.of(certificate.getSubjectX500Principal().getName());
  }
}
