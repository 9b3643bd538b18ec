package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;
import static io.mintmark.simulators.attack.HostileMove.plain;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.simulators.attack.Ground.Spare;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** To be given a certificate one should not have. */
final class EstMoves {

  private static final String NO_CERTIFICATE = "403 (est.md, Status codes; RFC 7030, 3.3.2)";
  private static final int RSA_BITS = 1_024;

  private EstMoves() {}

  static List<HostileMove> all() {
    return List.of(
        plain(
            "est.anonymous",
            "to enrol and to renew without a certificate",
            NO_CERTIFICATE,
            EstMoves::anonymous),
        plain(
            "est.certificate-in-header",
            "a certificate in headers, as a proxy would hand it on",
            NO_CERTIFICATE,
            EstMoves::inHeaders),
        cast(
            "est.foreign-subject",
            "a request whose subject is another device",
            "400 or 403: names are refused, never copied (est.md, Certificate profile)",
            stage -> Est.harmless(stage, id -> Est.first(stage.victim().name()))),
        cast(
            "est.foreign-san",
            "a request whose subjectAltName is another device",
            "400 or 403, or issued without it (est.md, Certificate profile)",
            stage -> Est.harmless(
                stage,
                id -> Requests.withUri(
                    CertificateRequest.newKeyPair(), id, stage.victim().spiffeId()))),
        cast(
            "est.authority",
            "a request to be made a CA",
            "400, or issued as a leaf (est.md, Certificate profile)",
            stage ->
                Est.harmless(stage, id -> Requests.authority(CertificateRequest.newKeyPair(), id))),
        cast(
            "est.weak-key",
            "a request with an RSA key of " + RSA_BITS + " bits",
            "400 (est.md, Factory certificates)",
            stage -> Est.harmless(
                stage, id -> CertificateRequest.create(Requests.keys("RSA", RSA_BITS, null), id))),
        cast(
            "est.stolen-key",
            "a request with the victim's public key, signed by another",
            "400: no proof of possession (RFC 7030, 3.4; RFC 2986, 3)",
            stage -> Est.harmless(
                stage,
                id -> Requests.stolenKey(stage.intruder().certificate().getPublicKey(), id))),
        cast(
            "est.key-again",
            "to renew with the key it has",
            "400 or 403: the key must be new (est.md, simplereenroll)",
            stage -> {
              Spare device = control(stage).spare();
              KeyPair same = new KeyPair(
                  device.credential().certificate().getPublicKey(),
                  device.credential().key());
              return Est.ask(
                      stage,
                      device.credential(),
                      stage.victim().fleet(),
                      Est.RENEW,
                      CertificateRequest.renew(same, device.credential().certificate()))
                  .refused(400, 403, 409);
            }),
        cast(
            "est.renew-another",
            "to renew another device's certificate by its own",
            "400 or 403: subject and subjectAltName are those shown (RFC 7030, 4.2.2)",
            stage -> {
              X509Certificate other = control(stage).spare().credential().certificate();
              byte[] request = Requests.inTheNameOf(CertificateRequest.newKeyPair(), other);
              return Est.ask(stage, stage.intruder(), stage.victim().fleet(), Est.RENEW, request)
                  .refused(400, 403);
            }),
        cast(
            "est.renew-by-bootstrap",
            "to renew by a factory's certificate",
            "403 (est.md, simplereenroll)",
            stage -> renewBy(stage, stage.intruderBootstrap())),
        cast(
            "est.renew-by-forgery",
            "to renew by forged certificates of the victim",
            "403 (RFC 5280, 6.1)",
            stage -> renewBy(stage, stage.forger().selfSigned(stage.victim()))
                .and(renewBy(
                    stage,
                    stage.forger().lookalike(stage.victim(), stage.genuineChain(), stage.root())))
                .and(renewBy(
                    stage, stage.forger().underRealIssuer(stage.victim(), stage.genuineChain())))
                .and(renewBy(
                    stage, stage.forger().leaf(stage.victim()).signedBy(stage.intruder())))),
        cast(
            "est.renew-revoked",
            "to renew, and to enrol again, after it was revoked",
            "403 (est.md, Modes)",
            stage -> {
              Ground ground = control(stage);
              Spare doomed = ground.spare();
              ground.target().revoke(doomed.identity().device());
              return renewBy(stage, doomed.credential())
                  .and(Est.ask(
                          stage,
                          doomed.bootstrap(),
                          stage.victim().fleet(),
                          Est.ENROL,
                          Est.first(doomed.clientId()))
                      .refused(403));
            }),
        cast(
            "est.renew-elsewhere",
            "to renew at another fleet's label",
            "403 or 404 (RFC 7030, 3.2.2)",
            stage -> {
              Ground ground = control(stage);
              Spare device = ground.spare();
              byte[] request = CertificateRequest.renew(
                  CertificateRequest.newKeyPair(), device.credential().certificate());
              return Est.ask(stage, device.credential(), ground.fleet("-many"), Est.RENEW, request)
                  .refused(400, 403, 404);
            }),
        cast(
            "est.enrol-by-operational",
            "a first certificate by an operational one",
            "403 (est.md, Modes)",
            stage -> {
              control(stage);
              return Est.ask(
                      stage,
                      stage.intruder(),
                      stage.victim().fleet(),
                      Est.ENROL,
                      Est.first(stage.intruderIdentity().name()))
                  .refused(403);
            }),
        cast(
            "est.unlisted",
            "a device of the factory that the manifest does not list",
            "403 (est.md, manifest)",
            stage -> {
              Ground ground = control(stage);
              return enrol(stage, ground.bootstrap(ground.unlisted()), ground.unlisted());
            }),
        cast(
            "est.other-fleet",
            "a device's factory certificate at another fleet's label",
            "403 (est.md, Modes)",
            stage -> {
              Ground ground = control(stage);
              DeviceId id = ground.nextSpare();
              return Est.ask(
                      stage,
                      ground.bootstrap(id),
                      ground.fleet("-many"),
                      Est.ENROL,
                      Est.first(id.value()))
                  .refused(403);
            }),
        cast(
            "est.pinned",
            "a second certificate of the factory's CA for a pinned device",
            "403: the manifest pins the key (est.md, Modes)",
            stage -> {
              Ground ground = control(stage);
              return enrol(
                  stage,
                  stage
                      .forger()
                      .bootstrap(ground.pinned().value())
                      .signedBy(ground.factoryAuthority()),
                  ground.pinned());
            }),
        cast(
            "est.lookalike-factory",
            "a factory's CA named as the real one",
            "403 (est.md, Factory certificates)",
            stage -> {
              Ground ground = control(stage);
              return enrol(
                  stage,
                  stage
                      .forger()
                      .lookalikeBootstrap(
                          ground.pinned().value(), ground.factoryAuthority().certificate()),
                  ground.pinned());
            }),
        cast(
            "est.expired-bootstrap",
            "a factory certificate that has ended",
            "403 (est.md, Factory certificates)",
            stage -> factory(
                stage,
                leaf -> leaf.validity(
                    now(stage).minus(Duration.ofDays(2)), now(stage).minus(Duration.ofDays(1))))),
        cast(
            "est.bootstrap-not-yet-valid",
            "a factory certificate that begins tomorrow",
            "403 (est.md, Factory certificates)",
            stage -> factory(
                stage,
                leaf -> leaf.validity(
                    now(stage).plus(Duration.ofDays(1)), now(stage).plus(Duration.ofDays(2))))),
        cast(
            "est.bootstrap-ca",
            "a factory certificate with CA:TRUE",
            "403 (est.md, Factory certificates)",
            stage -> factory(stage, leaf -> leaf.authority(0))),
        cast(
            "est.server-keygen",
            "a key made by the service, where the fleet has none of that",
            "404 (est.md, serverkeygen)",
            stage -> {
              control(stage);
              return Est.ask(
                      stage,
                      stage.intruder(),
                      stage.victim().fleet(),
                      "/serverkeygen",
                      Est.first(stage.intruderIdentity().name()))
                  .refused(404);
            }),
        cast(
            "est.path",
            "an honest request on other paths: //, %2e%2e, ;x=, upper case, a trailing slash",
            "404: exact segments (RFC 7030, 3.2.2)",
            EstMoves::paths),
        cast(
            "est.body",
            "a request of 70,000 bytes, and one that is no PKCS#10",
            "413 and 400 (est.md, Status codes)",
            stage -> {
              control(stage);
              return Est.ask(
                      stage,
                      stage.intruderBootstrap(),
                      stage.victim().fleet(),
                      Est.ENROL,
                      new byte[70_000])
                  .refused(413)
                  .and(Est.ask(
                          stage,
                          stage.intruderBootstrap(),
                          stage.victim().fleet(),
                          Est.ENROL,
                          Packet.utf8("hello"))
                      .refused(400));
            }));
  }

  private interface Changing {
    Forgery of(Forgery leaf);
  }

  private static Instant now(Stage stage) {
    return stage.clock().instant();
  }

  private static Ground control(Stage stage) throws IOException {
    Est.control(stage);
    return stage.ground();
  }

  private static Verdict anonymous(Stage stage) throws IOException {
    FleetId fleet = stage.victim().fleet();
    // Where there is no such fleet the label is looked at first; no less is refused then.
    Integer[] statuses = stage.ground().hasCast() ? new Integer[] {403} : new Integer[] {403, 404};
    return Est.ask(stage, null, fleet, Est.ENROL, Est.first(stage.victim().name()))
        .refused(statuses)
        .and(Est.ask(stage, null, fleet, Est.RENEW, Est.first(stage.victim().name()))
            .refused(statuses));
  }

  private static Verdict inHeaders(Stage stage) throws IOException {
    String name = stage.victim().name();
    String chain = Pem.encode(stage.genuineChain()).replace("\n", "%0A");
    Integer[] statuses = stage.ground().hasCast() ? new Integer[] {403} : new Integer[] {403, 404};
    return stage
        .ground()
        .service(null)
        .post(
            Est.label(stage.victim().fleet()) + Est.ENROL,
            "application/pkcs10",
            java.util.Base64.getMimeEncoder().encode(Est.first(name)),
            "X-Forwarded-Client-Cert: Subject=\"CN=" + name + "\";URI="
                + stage.victim().spiffeId(),
            "X-SSL-Client-Cert: " + chain,
            "X-SSL-Client-Verify: SUCCESS",
            "X-SSL-Client-S-DN: CN=" + name,
            "Client-Cert: :" + Est.body(stage.genuineChain().get(0)) + ":")
        .refused(statuses);
  }

  private static Verdict enrol(Stage stage, Credential bootstrap, DeviceId id) throws IOException {
    return Est.ask(stage, bootstrap, stage.victim().fleet(), Est.ENROL, Est.first(id.value()))
        .refused(403);
  }

  /** A certificate of the real factory CA for a device without a pin, but for one thing. */
  private static Verdict factory(Stage stage, Changing changing) throws IOException {
    Ground ground = control(stage);
    Forgery leaf = changing.of(stage.forger().bootstrap(ground.pinned().value()));
    return enrol(stage, leaf.signedBy(ground.factoryAuthority()), ground.pinned());
  }

  private static Verdict renewBy(Stage stage, Credential shown) throws IOException {
    Est.control(stage);
    byte[] request = CertificateRequest.renew(CertificateRequest.newKeyPair(), shown.certificate());
    return Est.ask(stage, shown, stage.victim().fleet(), Est.RENEW, request).refused(403);
  }

  private static Verdict paths(Stage stage) throws IOException {
    Ground ground = control(stage);
    DeviceId id = ground.nextSpare();
    HttpWire service = ground.service(ground.bootstrap(id));
    byte[] request = java.util.Base64.getMimeEncoder().encode(Est.first(id.value()));
    String fleet = ground.fleet("").value();
    Verdict all = null;
    for (String path : List.of(
        "//.well-known/est/" + fleet + "/simpleenroll",
        "/.well-known//est/" + fleet + "/simpleenroll",
        "/x/../.well-known/est/" + fleet + "/simpleenroll",
        "/.well-known/est/x/%2e%2e/" + fleet + "/simpleenroll",
        "/.well-known/est/" + fleet + "/simpleenroll;x=y",
        "/.well-known/est/" + fleet + ";x=y/simpleenroll",
        "/.well-known/est/" + fleet + "/SimpleEnroll",
        "/.well-known/EST/" + fleet + "/simpleenroll",
        "/.well-known/est/" + fleet + "/simpleenroll/",
        "/.well-known/est/" + fleet + "%2fsimpleenroll")) {
      Verdict one = service.post(path, "application/pkcs10", request).refused(400, 404);
      all = all == null ? one : all.and(one);
    }
    return all;
  }
}
