package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.EnrolmentPolicy.ChannelBinding;
import io.mintmark.provisioning.Fleet;
import io.mintmark.provisioning.Invitation;
import io.mintmark.provisioning.KeyRequest;
import io.mintmark.provisioning.MadeKey;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.SigningRequest;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Enrollment over Secure Transport (RFC 7030, as clarified by RFC 8951 and RFC 9908). A fleet's id is
 * its label (section 3.2.2). Without a label the default fleet is meant, if there is one; renewing
 * and {@code /cacerts} are there without a label in any case, for applications and brokers, whose
 * certificates say who they are, and so do invitations of brokers.
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
    for (String label : List.of("", "{fleet}/")) {
      routes.get(ROOT + label + "csrattrs", this::csrAttributes);
      routes.post(ROOT + label + "simpleenroll", this::simpleEnroll);
      routes.post(ROOT + label + "serverkeygen", this::serverKeygen);
    }
    routes.post(ROOT + "{fleet}/simplereenroll", ctx -> simpleReenroll(ctx, requireFleet(ctx)));
    routes.post(ROOT + "simplereenroll", ctx -> simpleReenroll(ctx, null));
  }

  /** Section 4.1: open to all, because who asks has not been given anything to show yet. */
  private void caCertificates(Context ctx) {
    answer(ctx, "application/pkcs7-mime", CertsOnlyMessage.der(core.authority().caCertificates()));
  }

  /** Section 4.2.1. The answer holds the leaf alone (4.2.3); /cacerts has the rest. */
  private void simpleEnroll(Context ctx) throws Refusal {
    Optional<Invitation> invitation = ctx.pathParamMap().containsKey("fleet")
        ? Optional.empty()
        : core.invitations().of(PeerCertificates.of(ctx));
    if (invitation.isPresent()) {
      certified(ctx, core.invitations().enroll(invitation.get(), request(ctx, null)));
      return;
    }
    FleetId fleet = requireFleet(ctx);
    List<X509Certificate> peer = requireCertificate(ctx);
    certified(ctx, core.enroller().enroll(fleet, peer, request(ctx, fleet)));
  }

  /** Section 4.2.2. */
  private void simpleReenroll(Context ctx, FleetId labelOrNull) throws Refusal {
    List<X509Certificate> peer = requireCertificate(ctx);
    FleetId fleet = labelOrNull == null ? fleetOf(peer.get(0)) : labelOrNull;
    certified(ctx, core.renewer().renew(labelOrNull, peer, request(ctx, fleet)));
  }

  /** Section 4.5: open to all, because it is asked for before there is anything to show. */
  private void csrAttributes(Context ctx) throws Refusal {
    Fleet fleet = core.fleetViews().fleet(requireFleet(ctx));
    answer(
        ctx,
        "application/csrattrs",
        CsrAttributes.der(
            fleet.profile(), fleet.enrolment().channelBinding() == ChannelBinding.REQUIRED));
  }

  /** Section 4.4. */
  private void serverKeygen(Context ctx) throws Refusal, IOException {
    FleetId fleet = requireFleet(ctx);
    core.serverKeygen().requireOn(fleet);
    List<X509Certificate> peer = requireCertificate(ctx);
    KeyRequest request = KeyRequestDecoder.decode(body(ctx));
    core.channelBindings().require(fleet, request.linking(), ConnectionBindings.of(ctx));
    try (MadeKey made = core.serverKeygen().make(fleet, peer, request)) {
      MadeKeyAnswer.send(ctx, made);
    }
  }

  /** Whose rules hold for a device that renews without a label; null for who is of no fleet. */
  private static FleetId fleetOf(X509Certificate certificate) {
    try {
      return Identity.of(certificate) instanceof Identity.Device device ? device.fleet() : null;
    } catch (IllegalArgumentException e) {
      // No identity of ours: the renewer says so.
      return null;
    }
  }

  /** The fleet of the label or, without one, the default fleet. */
  private FleetId requireFleet(Context ctx) throws Refusal {
    String label = ctx.pathParamMap().get("fleet");
    if (label == null) {
      return core.settings()
          .defaultFleet()
          .filter(core.fleetViews()::exists)
          .orElseThrow(() -> new Refusal(
              Refusal.Kind.NOT_FOUND,
              "there is no default fleet here: name the fleet as label, "
                  + ROOT
                  + "FLEET"
                  + ctx.path().substring(ctx.path().lastIndexOf('/'))));
    }
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

  /** The request, tied to this connection as far as the fleet wants it. */
  private SigningRequest request(Context ctx, FleetId fleetOrNull) throws Refusal {
    SigningRequest request = SigningRequestDecoder.decode(body(ctx));
    core.channelBindings().require(fleetOrNull, request.linking(), ConnectionBindings.of(ctx));
    return request;
  }

  private byte[] body(Context ctx) throws Refusal {
    return RequestBody.bytes(ctx, core.settings().limits().bytes().body(), PKCS10);
  }

  private static void certified(Context ctx, X509Certificate leaf) {
    answer(
        ctx, "application/pkcs7-mime; smime-type=certs-only", CertsOnlyMessage.der(List.of(leaf)));
  }

  private static void answer(Context ctx, String mediaType, byte[] der) {
    ctx.contentType(mediaType);
    // RFC 8951 lets it go; clients written to RFC 7030, section 4.1.3, look for it.
    ctx.header("Content-Transfer-Encoding", "base64");
    ctx.result(EstBody.of(der));
  }
}
