package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.DeviceId;
import io.mintmark.provisioning.DeviceFilter;
import io.mintmark.provisioning.DeviceState;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;

/** Devices, for operators. */
final class DeviceRoutes {

  private static final int DEFAULT_LIMIT = 100;
  private static final int LARGEST_LIMIT = 1000;

  /** One of the verbs on a device. */
  @FunctionalInterface
  private interface Verb {
    void apply(DeviceId device, Context ctx) throws Refusal;
  }

  private final Provisioning core;

  DeviceRoutes(Provisioning core) {
    this.core = core;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/devices", this::list);
    routes.get(
        "/api/v1/devices/{device}", ctx -> Json.answer(ctx, core.devices().find(device(ctx))));
    routes.post(
        "/api/v1/devices/{device}/revoke",
        ctx -> changed(
            ctx, (device, c) -> core.revoker().revoke(device, RevocationBody.reason(c), actor(c))));
    routes.post(
        "/api/v1/devices/{device}/retire",
        ctx -> changed(ctx, (device, c) -> core.revoker().retire(device, actor(c))));
    routes.post(
        "/api/v1/devices/{device}/suspend",
        ctx -> changed(ctx, (device, c) -> core.revoker().suspend(device, actor(c))));
    routes.post(
        "/api/v1/devices/{device}/release",
        ctx -> changed(ctx, (device, c) -> core.revoker().release(device, actor(c))));
  }

  private void list(Context ctx) throws Refusal {
    String fleet = ctx.queryParam("fleet");
    String state = ctx.queryParam("state");
    String after = ctx.queryParam("after");
    long limit = QueryParameters.number(ctx, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT);
    DeviceFilter filter = new DeviceFilter(
        fleet == null ? null : FleetRoutes.fleet(fleet),
        state == null ? null : DeviceState.parse(state),
        QueryParameters.flag(ctx, "connected"),
        QueryParameters.flag(ctx, "clones"));
    Json.answer(
        ctx, core.devices().list(filter, after == null ? null : device(after), (int) limit));
  }

  /** Answers with the device as it stands afterwards. */
  private void changed(Context ctx, Verb verb) throws Refusal {
    DeviceId device = device(ctx);
    verb.apply(device, ctx);
    Json.answer(ctx, core.devices().find(device));
  }

  private static DeviceId device(Context ctx) throws Refusal {
    return device(ctx.pathParam("device"));
  }

  private static DeviceId device(String id) throws Refusal {
    try {
      return new DeviceId(id);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }

  private static String actor(Context ctx) {
    return OperatorAuthentication.operator(ctx);
  }
}
