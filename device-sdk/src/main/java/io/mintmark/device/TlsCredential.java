package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Validity;
import java.time.Instant;
import java.util.Collections;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/**
 * The operational credential and the TLS context that shows it, one for each credential: JSSE
 * resumes sessions per context, and a resumed session shows the certificate it began with.
 *
 * @param credential key and chain
 * @param identity who the certificate stands for
 * @param context shows the credential and trusts whom the device trusts, now and later on
 * @param since from when its lifetime counts
 */
record TlsCredential(
    Credential credential, Identity.Device identity, SSLContext context, Instant since) {

  /**
   * One that was stored some time ago.
   *
   * @throws IllegalArgumentException if the certificate does not stand for a device
   */
  static TlsCredential stored(Credential credential, TrustManager trust) {
    return of(credential, trust, Validity.of(credential.certificate()).notBefore());
  }

  /**
   * One that was issued just now. Issuers date certificates back, for clocks that are behind; where
   * they live minutes, two thirds of the dated lifetime may be over when they arrive, and they would
   * be renewed for ever. So the lifetime counts from now.
   *
   * @throws IllegalArgumentException if the certificate does not stand for a device
   */
  static TlsCredential issued(Credential credential, TrustManager trust, Instant now) {
    Instant notBefore = Validity.of(credential.certificate()).notBefore();
    return of(credential, trust, now.isAfter(notBefore) ? now : notBefore);
  }

  private static TlsCredential of(Credential credential, TrustManager trust, Instant since) {
    if (!(credential.identity() instanceof Identity.Device device)) {
      throw new IllegalArgumentException(
          "the certificate is for " + credential.identity() + ", which is not a device");
    }
    return new TlsCredential(credential, device, credential.tlsContext(trust), since);
  }

  /** Has the next handshake be a whole one: a resumed session asks nobody whom to trust. */
  void forgetSessions() {
    SSLSessionContext sessions = context.getClientSessionContext();
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null) {
        session.invalidate();
      }
    }
  }

  Instant notAfter() {
    return Validity.of(credential.certificate()).notAfter();
  }

  /** The lifetime a renewal is planned in. */
  Validity lifetime() {
    return new Validity(since, notAfter());
  }
}
