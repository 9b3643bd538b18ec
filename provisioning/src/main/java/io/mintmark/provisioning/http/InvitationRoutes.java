package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import java.time.Instant;
import java.util.List;

/** Invitations of brokers, for operators: what is answered is the file the broker is given. */
final class InvitationRoutes {

  private static final int LONGEST_BODY = 64 * 1024;

  private record NewInvitation(List<String> hosts, Instant endsAt) {}

  private final Provisioning core;

  InvitationRoutes(Provisioning core) {
    this.core = core;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/v1/brokers/{name}/invitations", this::invite);
  }

  private void invite(Context ctx) throws Refusal {
    NewInvitation body = Json.body(ctx, LONGEST_BODY, NewInvitation.class);
    if (body.hosts() == null || body.endsAt() == null || body.hosts().contains(null)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "an invitation needs hosts (a list of names) and endsAt (as in 2027-01-31T00:00:00Z)");
    }
    Credential shown = core.invitations()
        .invite(
            ctx.pathParam("name"),
            body.hosts(),
            body.endsAt(),
            OperatorAuthentication.operator(ctx));
    ctx.contentType("application/x-pem-file");
    ctx.result(shown.toPem() + Pem.encode(core.authority().trustAnchors()));
  }
}
