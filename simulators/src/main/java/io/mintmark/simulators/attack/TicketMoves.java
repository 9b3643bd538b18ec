package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.simulators.attack.Ground.Spare;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS sessions resumed after their certificate was taken back: no certificate is shown, so nothing in
 * the handshake is refused.
 */
final class TicketMoves {

  /** The broker may change its TLS context in between, which takes no ticket of the one before. */
  private static final int TRIES = 4;

  private TicketMoves() {}

  static List<HostileMove> all() {
    String broker = "CONNACK 0x87 on the resumed session (broker.md, Who gets in; RFC 8446, C.4)";
    return List.of(
        cast(
            "ticket.tls13-revoked",
            "a TLS 1.3 ticket from before it was revoked",
            broker,
            stage -> revoked(stage, "TLSv1.3")),
        cast(
            "ticket.tls12-revoked",
            "a TLS 1.2 session from before it was revoked",
            broker,
            stage -> revoked(stage, "TLSv1.2")),
        cast(
            "ticket.other-client-id",
            "a resumed session under the victim's client id",
            "CONNACK 0x85 (broker.md, Who gets in)",
            TicketMoves::otherName),
        cast(
            "ticket.service-revoked",
            "to renew over a session resumed after it was revoked",
            "403 (est.md, simplereenroll)",
            TicketMoves::atTheService));
  }

  /** Says whether the server's certificate was looked at, which it is in a full handshake only. */
  private static final class Counting extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager trust;
    private final AtomicInteger full = new AtomicInteger();

    Counting(List<X509Certificate> roots) {
      trust = Credential.trustManager(roots);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      full.incrementAndGet();
      trust.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      full.incrementAndGet();
      trust.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      full.incrementAndGet();
      trust.checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      trust.checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      trust.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      trust.checkClientTrusted(chain, type, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return trust.getAcceptedIssuers();
    }
  }

  private static Verdict revoked(Stage stage, String protocol) throws Exception {
    Verdict last = Verdict.unproven("no session was resumed");
    for (int i = 0; i < TRIES && last.outcome() == Verdict.Outcome.UNPROVEN; i++) {
      Spare doomed = stage.ground().spare();
      Counting trust = new Counting(stage.ground().target().trust());
      SSLContext tls = doomed.credential().tlsContext(trust);
      Sighting first = connect(stage, tls, protocol, doomed.clientId());
      if (!first.accepted()) {
        return Verdict.unproven("it was not let in while it was good: " + first);
      }
      stage.ground().target().revoke(doomed.identity().device());
      // A full handshake by another context tells when the broker knows; tickets are for one use.
      Verdict known = Entering.refusedSoon(stage, doomed.credential(), doomed.clientId());
      if (known.outcome() == Verdict.Outcome.UNPROVEN) {
        return known;
      }
      int full = trust.full.get();
      Sighting seen = connect(stage, tls, protocol, doomed.clientId());
      if (trust.full.get() == full) {
        last = Verdict.of(seen, null);
      }
    }
    return last;
  }

  private static Verdict otherName(Stage stage) throws Exception {
    Verdict last = Verdict.unproven("no session was resumed");
    for (int i = 0; i < TRIES && last.outcome() == Verdict.Outcome.UNPROVEN; i++) {
      Counting trust = new Counting(stage.ground().target().trust());
      SSLContext tls = stage.intruder().tlsContext(trust);
      Sighting own = connect(stage, tls, "TLSv1.3", stage.intruderIdentity().name());
      if (!own.accepted()) {
        return Verdict.unproven("the intruder could not connect as itself: " + own);
      }
      int full = trust.full.get();
      Sighting seen = connect(stage, tls, "TLSv1.3", stage.victim().name());
      if (trust.full.get() == full) {
        last = Verdict.of(seen, null);
      }
    }
    return last;
  }

  private static Sighting connect(Stage stage, SSLContext tls, String protocol, String clientId) {
    try (MqttWire wire = stage.mqtt(tls, protocol)) {
      return wire.connect(Packet.connect(clientId));
    } catch (IOException e) {
      return Sighting.of(e);
    }
  }

  private static Verdict atTheService(Stage stage) throws Exception {
    Ground ground = stage.ground();
    Spare doomed = ground.spare();
    Counting trust = new Counting(ground.target().trust());
    HttpWire service =
        new HttpWire(ground.target().service(), doomed.credential().tlsContext(trust));
    String path = Est.label(stage.victim().fleet());
    HttpAnswer first = service.get(path + "/cacerts");
    if (first.status() != 200) {
      return Verdict.unproven("the service did not answer while it was good: " + first);
    }
    ground.target().revoke(doomed.identity().device());
    int full = trust.full.get();
    byte[] request = CertificateRequest.renew(
        CertificateRequest.newKeyPair(), doomed.credential().certificate());
    HttpAnswer answer = service.post(
        path + Est.RENEW, "application/pkcs10", Base64.getMimeEncoder().encode(request));
    // A service that does not take the ticket has refused it; it still has to refuse the rest.
    Verdict verdict = answer.refused(403);
    String how = trust.full.get() == full ? "resumed, then " : "not resumed, then ";
    return new Verdict(verdict.outcome(), how + verdict.saw());
  }
}
