package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.FleetApplier;
import io.mintmark.provisioning.FleetViews.FleetView;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import java.util.List;
import java.util.Locale;

/** Fleets and their manifests, for operators. */
final class FleetRoutes {

  private static final int LONGEST_FLEET = 1024 * 1024;
  private static final List<String> YAML =
      List.of("application/yaml", "application/x-yaml", "text/yaml");
  private static final List<String> CSV = List.of("text/csv");

  private record Applied(String fleet, String change) {}

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
    routes.post("/api/v1/fleets/{fleet}/manifest", this::importManifest);
  }

  private void apply(Context ctx) throws Refusal {
    String yaml = RequestBody.text(ctx, LONGEST_FLEET, YAML);
    FleetApplier.Result result = core.fleets().apply(yaml, OperatorAuthentication.operator(ctx));
    Json.answer(
        ctx, new Applied(result.fleet().value(), result.change().name().toLowerCase(Locale.ROOT)));
  }

  private void importManifest(Context ctx) throws Refusal {
    FleetId fleet = fleet(ctx.pathParam("fleet"));
    // Before 64 MiB are read for a fleet that is not there.
    core.fleetViews().find(fleet);
    String csv = RequestBody.text(ctx, core.settings().limits().bytes().manifest(), CSV);
    Json.answer(ctx, core.manifests().load(fleet, csv, OperatorAuthentication.operator(ctx)));
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
