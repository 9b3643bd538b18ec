package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.provisioning.Claims;
import io.mintmark.provisioning.Claims.ClaimView;
import io.mintmark.provisioning.Refusal;
import java.time.Instant;
import java.util.List;

/** The claims of a fleet, for operators. */
final class ClaimRoutes {

  private static final int LONGEST_BODY = 64 * 1024;
  private static final String CLAIMS = "/api/v1/fleets/{fleet}/claims";

  /** The body that makes a claim; all but {@code anyDevice} is needed. */
  private record NewClaim(String certificate, Integer uses, Instant endsAt, boolean anyDevice) {}

  private record ClaimList(List<ClaimView> claims) {}

  private final Claims claims;

  ClaimRoutes(Claims claims) {
    this.claims = claims;
  }

  void register(RoutesConfig routes) {
    routes.post(CLAIMS, this::create);
    routes.get(
        CLAIMS,
        ctx -> Json.answer(
            ctx, new ClaimList(claims.list(FleetRoutes.fleet(ctx.pathParam("fleet"))))));
    routes.delete(CLAIMS + "/{claim}", this::revoke);
  }

  private void create(Context ctx) throws Refusal {
    NewClaim body = Json.body(ctx, LONGEST_BODY, NewClaim.class);
    if (body.certificate() == null || body.uses() == null || body.endsAt() == null) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "a claim needs certificate (PEM), uses (a number) and endsAt (as in"
              + " 2027-01-31T00:00:00Z)");
    }
    Json.answer(
        ctx,
        claims.create(
            FleetRoutes.fleet(ctx.pathParam("fleet")),
            body.certificate(),
            body.uses(),
            body.endsAt(),
            body.anyDevice(),
            OperatorAuthentication.operator(ctx)));
  }

  private void revoke(Context ctx) throws Refusal {
    Json.answer(
        ctx,
        claims.revoke(
            FleetRoutes.fleet(ctx.pathParam("fleet")),
            PathNumber.of(ctx, "claim"),
            OperatorAuthentication.operator(ctx)));
  }
}
