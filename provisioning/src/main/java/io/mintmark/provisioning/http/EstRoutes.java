package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.SigningRequest;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Enrollment over Secure Transport (RFC 7030, as clarified by RFC 8951). A fleet's id is its label
 * (section 3.2.2); renewing and {@code /cacerts} are there without a label too, for applications
 * and brokers, whose certificates say who they are.
 */
final class EstRoutes {

  private static final String ROOT = "/.well-known/est/";
  private static final List<String> PKCS10 = List.of("application/pkcs10");

  private final Provisioning core;

  EstRoutes(Provisioning core) {
    this.core = core;
  }

  void register(RoutesConfig routes) {
    routes.get(ROOT + "cacerts", this::caCertificates);
    routes.get(ROOT + "{fleet}/cacerts", ctx -> {
      requireFleet(ctx);
      caCertificates(ctx);
    });
    routes.post(ROOT + "{fleet}/simpleenroll", this::simpleEnroll);
    routes.post(ROOT + "{fleet}/simplereenroll", ctx -> simpleReenroll(ctx, requireFleet(ctx)));
    routes.post(ROOT + "simplereenroll", ctx -> simpleReenroll(ctx, null));
  }

  /** Section 4.1: open to all, because who asks has not been given anything to show yet. */
  private void caCertificates(Context ctx) {
    answer(ctx, "application/pkcs7-mime", core.authority().caCertificates());
  }

  /** Section 4.2.1. The answer holds the leaf alone (4.2.3); /cacerts has the rest. */
  private void simpleEnroll(Context ctx) throws Refusal {
    FleetId fleet = requireFleet(ctx);
    List<X509Certificate> peer = requireCertificate(ctx);
    certified(ctx, core.enroller().enroll(fleet, peer, request(ctx)));
  }

  /** Section 4.2.2. */
  private void simpleReenroll(Context ctx, FleetId labelOrNull) throws Refusal {
    List<X509Certificate> peer = requireCertificate(ctx);
    certified(ctx, core.renewer().renew(labelOrNull, peer, request(ctx)));
  }

  private FleetId requireFleet(Context ctx) throws Refusal {
    String label = ctx.pathParam("fleet");
    if (FleetId.isValid(label)) {
      FleetId fleet = new FleetId(label);
      if (core.fleetViews().exists(fleet)) {
        return fleet;
      }
    }
    throw new Refusal(
        Refusal.Kind.NOT_FOUND, "there is no fleet '" + Printable.of(label) + "' here");
  }

  /** Asked before the body is read: a stranger's request is not worth a signature check. */
  private static List<X509Certificate> requireCertificate(Context ctx) throws Refusal {
    List<X509Certificate> peer = PeerCertificates.of(ctx);
    if (peer.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.FORBIDDEN,
          "a client certificate is required: show the bootstrap certificate to enrol, the"
              + " operational one to renew");
    }
    return peer;
  }

  private SigningRequest request(Context ctx) throws Refusal {
    int longest = core.settings().limits().bytes().body();
    return SigningRequestDecoder.decode(RequestBody.bytes(ctx, longest, PKCS10));
  }

  private static void certified(Context ctx, X509Certificate leaf) {
    answer(ctx, "application/pkcs7-mime; smime-type=certs-only", List.of(leaf));
  }

  private static void answer(Context ctx, String mediaType, List<X509Certificate> certificates) {
    ctx.contentType(mediaType);
    // RFC 8951 lets it go; clients written to RFC 7030, section 4.1.3, look for it.
    ctx.header("Content-Transfer-Encoding", "base64");
    ctx.result(CertsOnlyMessage.body(certificates));
  }
}
