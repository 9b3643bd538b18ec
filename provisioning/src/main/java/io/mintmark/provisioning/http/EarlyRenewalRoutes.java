package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.mintmark.provisioning.EarlyRenewals;

/** Asking for renewals before their time, for operators; {@code ?over=1h} spreads them. */
final class EarlyRenewalRoutes {

  private final EarlyRenewals renewals;

  EarlyRenewalRoutes(EarlyRenewals renewals) {
    this.renewals = renewals;
  }

  void register(RoutesConfig routes) {
    routes.post(
        "/api/v1/fleets/{fleet}/renew-early",
        ctx -> Json.answer(
            ctx,
            renewals.ofFleet(
                FleetRoutes.fleet(ctx.pathParam("fleet")),
                ctx.queryParam("over"),
                OperatorAuthentication.operator(ctx))));
    routes.post(
        "/api/v1/issuers/{keyId}/renew-early",
        ctx -> Json.answer(
            ctx,
            renewals.ofIssuer(
                ctx.pathParam("keyId"),
                ctx.queryParam("over"),
                OperatorAuthentication.operator(ctx))));
  }
}
