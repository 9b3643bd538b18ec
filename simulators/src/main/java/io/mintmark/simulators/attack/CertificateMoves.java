package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;
import static io.mintmark.simulators.attack.HostileMove.plain;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.simulators.attack.Ground.Spare;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** Certificates that are none, nobody's, another's, over, or taken back. */
final class CertificateMoves {

  private static final String UNTRUSTED =
      "the handshake fails: no path to a root of the bundle (RFC 5280, 6.1; broker.md, Who gets in)";
  private static final String NOT_A_CA =
      "the handshake fails: a leaf issues nothing (RFC 5280, 4.2.1.9)";

  private CertificateMoves() {}

  static List<HostileMove> all() {
    return List.of(
        plain(
            "certificate.none-tls13",
            "no certificate, over TLS 1.3",
            "alert certificate_required (RFC 8446, 4.4.2.4)",
            stage -> Entering.pipelined(stage, null, "TLSv1.3")),
        plain(
            "certificate.none-tls12",
            "no certificate, over TLS 1.2",
            "alert handshake_failure or bad_certificate (RFC 5246, 7.4.6)",
            stage -> Entering.pipelined(stage, null, "TLSv1.2")),
        plain(
            "certificate.none-library",
            "no certificate, by a client library",
            "the handshake fails (broker.md, Who gets in)",
            CertificateMoves::library),
        plain(
            "certificate.self-signed",
            "a self-signed certificate with the victim's names",
            UNTRUSTED,
            stage -> asVictim(stage, stage.forger().selfSigned(stage.victim()))),
        plain(
            "certificate.lookalike-ca",
            "a CA whose root and issuer are named as ours",
            UNTRUSTED,
            stage -> asVictim(
                stage,
                stage.forger().lookalike(stage.victim(), stage.genuineChain(), stage.root()))),
        plain(
            "certificate.false-signature",
            "a false signature under the real issuer",
            UNTRUSTED,
            stage -> asVictim(
                stage, stage.forger().underRealIssuer(stage.victim(), stage.genuineChain()))),
        plain(
            "certificate.extra-intermediate",
            "a chain with one intermediate too many, which calls itself the real issuer's",
            UNTRUSTED,
            stage -> asVictim(
                stage,
                stage.forger().belowForgedIntermediate(stage.victim(), stage.genuineChain()))),
        cast(
            "certificate.leaf-as-ca",
            "the victim's names, signed by its own operational key, under its own real chain",
            NOT_A_CA,
            stage -> forged(stage, leaf(stage))),
        cast(
            "certificate.second-san",
            "two URI names: its own and the victim's",
            NOT_A_CA + "; more than one URI is no identity (SPIFFE X509-SVID, 2)",
            stage -> forged(
                stage,
                stage.forger().leaf(stage.intruderIdentity()).uri(stage.victim().spiffeId()))),
        cast(
            "certificate.san-nul",
            "the victim's URI name, then U+0000 and more",
            NOT_A_CA + "; names are compared whole (SPIFFE ID, 2)",
            stage -> forged(stage, bare(stage).uri(stage.victim().spiffeId() + "\0.example"))),
        cast(
            "certificate.san-case",
            "the victim's URI name in upper case",
            NOT_A_CA + "; nothing is normalised (SPIFFE ID, 2.3)",
            stage -> forged(
                stage,
                bare(stage)
                    .uri(stage
                        .victim()
                        .spiffeId()
                        .replace("spiffe", "SPIFFE")
                        .replace("/device/", "/DEVICE/")))),
        cast(
            "certificate.foreign-trust-domain",
            "the victim's name in another trust domain",
            NOT_A_CA + "; refused as foreign-trust-domain (broker.md, Who gets in)",
            stage -> forged(stage, stage.forger().leaf(elsewhere(stage)))),
        cast(
            "certificate.ca-true",
            "a leaf with CA:TRUE",
            NOT_A_CA,
            stage -> forged(stage, leaf(stage).authority(0))),
        cast(
            "certificate.server-purpose",
            "a certificate for TLS servers alone",
            NOT_A_CA + "; not for clients (RFC 5280, 4.2.1.12)",
            stage -> forged(stage, leaf(stage).purpose(KeyPurposeId.id_kp_serverAuth))),
        cast(
            "certificate.not-yet-valid",
            "a certificate that begins tomorrow",
            NOT_A_CA + "; not valid yet (RFC 5280, 6.1.3)",
            stage -> forged(
                stage,
                leaf(stage)
                    .validity(
                        now(stage).plus(Duration.ofDays(1)), now(stage).plus(Duration.ofDays(2))))),
        cast(
            "certificate.bootstrap",
            "a factory's certificate under its own client id",
            "the handshake fails: factory CAs never open the broker (broker.md, Who gets in)",
            stage -> Entering.enter(
                stage, stage.intruderBootstrap(), stage.intruderIdentity().name())),
        cast(
            "certificate.bootstrap-as-victim",
            "a factory's certificate under the victim's client id",
            "the handshake fails: factory CAs never open the broker (broker.md, Who gets in)",
            stage -> asVictim(stage, stage.intruderBootstrap())),
        cast(
            "certificate.of-the-factory-ca",
            "an operational certificate in the victim's name, signed by the factory's CA",
            "the handshake fails: factory CAs never open the broker (broker.md, Who gets in)",
            stage -> asVictim(stage, leaf(stage).signedBy(stage.ground().factoryAuthority()))),
        cast(
            "certificate.expired",
            "to stay, and to come back, after its certificate's end",
            "cut with 0xA0 at its end, then refused (RFC 5280, 6.1.3; broker.md, How long a session"
                + " lasts)",
            CertificateMoves::expired),
        cast(
            "certificate.revoked",
            "to come back after it was revoked",
            "CONNACK 0x87 within a second (broker.md, Following the service)",
            stage -> {
              Spare doomed = stage.ground().spare();
              requireOpen(stage, doomed);
              stage.ground().target().revoke(doomed.identity().device());
              return Entering.refusedSoon(stage, doomed.credential(), doomed.clientId());
            }),
        cast(
            "certificate.superseded",
            "to come back with the certificate before its current one",
            "CONNACK 0x87, once the newer one was seen (broker.md, How long a session lasts)",
            CertificateMoves::superseded));
  }

  /** One that was good once and is not any more, on its way back in. */
  static HostileMove goodOnce(String id, String tries, Credential credential) {
    String name = credential.identity().name();
    return cast(id, tries, "refused", stage -> Entering.enter(stage, credential, name));
  }

  private static Verdict library(Stage stage) throws InterruptedException {
    String mark = stage.forbiddenMark("publish");
    try (IntruderClient client = stage.anonymousClient(stage.victim().name())) {
      return stage.judge(client.connect(), mark);
    }
  }

  private static Verdict asVictim(Stage stage, Credential credential) throws InterruptedException {
    return Entering.enter(stage, credential, stage.victim().name());
  }

  private static Verdict forged(Stage stage, Forgery leaf) throws InterruptedException {
    return asVictim(stage, leaf.signedBy(stage.intruder()));
  }

  private static Forgery leaf(Stage stage) {
    return stage.forger().leaf(stage.victim());
  }

  private static Forgery bare(Stage stage) {
    return new Forgery(stage.victim().name(), now(stage));
  }

  private static Instant now(Stage stage) {
    return stage.clock().instant();
  }

  private static Identity elsewhere(Stage stage) {
    return new Identity.Device(
        new TrustDomain("elsewhere.example"),
        stage.victim().fleet(),
        stage.victim().device());
  }

  private static void requireOpen(Stage stage, Spare device) throws IOException {
    Sighting seen = Entering.opens(stage, device.credential(), device.clientId());
    if (!seen.accepted()) {
      throw new IOException("it was not let in while it was good: " + seen);
    }
  }

  private static Verdict expired(Stage stage) throws Exception {
    Credential expiring = stage.ground().expiring();
    String name = expiring.identity().name();
    try (MqttWire wire = stage.mqtt(expiring)) {
      Sighting good = wire.connect(Packet.connect(name));
      if (!good.accepted()) {
        return Verdict.unproven("it was not let in while it was good: " + good);
      }
      Instant end = expiring.certificate().getNotAfter().toInstant();
      Thread.sleep(Math.max(0, Duration.between(now(stage), end).toMillis() + 1_000));
      Verdict stayed = Verdict.of(wire.ends(stage.ground().patience()), null);
      return stayed.and(Entering.enter(stage, expiring, name));
    }
  }

  private static Verdict superseded(Stage stage) throws Exception {
    Spare device = stage.ground().spare();
    requireOpen(stage, device);
    KeyPair keys = CertificateRequest.newKeyPair();
    EstClient est = new EstClient(
        EstClient.label(stage.ground().target().service(), stage.victim().fleet()),
        stage.tls(device.credential()));
    byte[] request = CertificateRequest.renew(keys, device.credential().certificate());
    Credential next =
        new Credential(keys.getPrivate(), est.chain(keys.getPublic(), est.simpleReenroll(request)));
    Sighting seen = Entering.opens(stage, next, device.clientId());
    if (!seen.accepted()) {
      return Verdict.unproven("its newer certificate was refused: " + seen);
    }
    Verdict old = Entering.refusedSoon(stage, device.credential(), device.clientId());
    Sighting still = Entering.opens(stage, next, device.clientId());
    return still.accepted()
        ? old
        : Verdict.unproven(old.saw() + ", but its newer certificate is refused too: " + still);
  }
}
