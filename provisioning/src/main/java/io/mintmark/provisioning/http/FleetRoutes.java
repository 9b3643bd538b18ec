package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.FleetApplier;
import io.mintmark.provisioning.FleetRemover;
import io.mintmark.provisioning.FleetViews.FleetView;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.revocation.RevocationRuns;
import java.util.List;
import java.util.Locale;

/** Fleets and their manifests, for operators. */
final class FleetRoutes {

  static final int LONGEST_FLEET = 1024 * 1024;
  private static final List<String> YAML =
      List.of("application/yaml", "application/x-yaml", "text/yaml");
  private static final List<String> CSV = List.of("text/csv");

  private record Applied(String fleet, String change, List<String> warnings) {}

  private record Removed(String fleet, long devices) {}

  private record FleetList(List<FleetView> fleets) {}

  private final Provisioning core;

  FleetRoutes(Provisioning core) {
    this.core = core;
  }

  void register(RoutesConfig routes) {
    routes.put("/api/v1/fleets", this::apply);
    routes.get(
        "/api/v1/fleets",
        ctx -> Json.answer(ctx, new FleetList(core.fleetViews().list())));
    routes.get(
        "/api/v1/fleets/{fleet}",
        ctx -> Json.answer(ctx, core.fleetViews().find(fleet(ctx.pathParam("fleet")))));
    routes.delete("/api/v1/fleets/{fleet}", this::remove);
    routes.post("/api/v1/fleets/{fleet}/manifest", this::importManifest);
    RevocationRuns runs = core.revocationRuns();
    routes.post(
        "/api/v1/fleets/{fleet}/revoke",
        ctx -> Json.answer(
            ctx, runs.revokeFleet(fleet(ctx), RevocationBody.reason(ctx), operator(ctx))));
    routes.post(
        "/api/v1/fleets/{fleet}/suspend",
        ctx -> Json.answer(ctx, runs.suspendFleet(fleet(ctx), operator(ctx))));
    routes.post(
        "/api/v1/fleets/{fleet}/release",
        ctx -> Json.answer(ctx, runs.releaseFleet(fleet(ctx), operator(ctx))));
  }

  private void apply(Context ctx) throws Refusal {
    String yaml = RequestBody.text(ctx, LONGEST_FLEET, YAML);
    FleetApplier.Result result = core.fleets().apply(yaml, OperatorAuthentication.operator(ctx));
    Json.answer(
        ctx,
        new Applied(
            result.fleet().value(),
            result.change().name().toLowerCase(Locale.ROOT),
            result.warnings()));
  }

  private void remove(Context ctx) throws Refusal {
    boolean force = QueryParameters.flag(ctx, "force");
    FleetRemover.Removed removed = core.fleetRemover().remove(fleet(ctx), force, operator(ctx));
    Json.answer(ctx, new Removed(removed.fleet().value(), removed.devices()));
  }

  private void importManifest(Context ctx) throws Refusal {
    FleetId fleet = fleet(ctx.pathParam("fleet"));
    // Before 64 MiB are read for a fleet that is not there.
    core.fleetViews().find(fleet);
    String csv = RequestBody.text(ctx, core.settings().limits().bytes().manifest(), CSV);
    Json.answer(ctx, core.manifests().load(fleet, csv, OperatorAuthentication.operator(ctx)));
  }

  private static FleetId fleet(Context ctx) throws Refusal {
    return fleet(ctx.pathParam("fleet"));
  }

  private static String operator(Context ctx) {
    return OperatorAuthentication.operator(ctx);
  }

  /** Reads an id; one outside the grammar is the caller's mistake, not an absent fleet. */
  static FleetId fleet(String id) throws Refusal {
    try {
      return new FleetId(id);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }
}
