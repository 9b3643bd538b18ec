package io.mintmark.cli;

import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import java.net.URI;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * One request of one device, the same each time it is repeated.
 *
 * @param kind what it asks for
 * @param device whose it is
 * @param base the EST label
 * @param tls shows what the device shows
 * @param keys the new key
 * @param csr the request for it
 */
record CrashRequest(Kind kind, String device, URI base, SSLContext tls, KeyPair keys, byte[] csr) {

  enum Kind {
    /** By its own bootstrap certificate. */
    ENROL,
    /** By a claim it shares with others. */
    CLAIM,
    /** By its operational certificate. */
    RENEW
  }

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Sends it once. */
  X509Certificate send(Duration patience) throws EstException {
    EstClient est = new EstClient(base, tls, Clock.systemUTC(), CONNECT, patience);
    X509Certificate leaf =
        (kind == Kind.RENEW ? est.simpleReenroll(csr) : est.simpleEnroll(csr)).get(0);
    if (!leaf.getPublicKey().equals(keys.getPublic())) {
      throw new AssertionError("device " + device + " was given a certificate of another key");
    }
    return leaf;
  }

  /** What the device has after the answer. */
  Credential credential(X509Certificate leaf) {
    return new Credential(keys.getPrivate(), List.of(leaf));
  }
}
