package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.DeviceId;
import io.mintmark.provisioning.PolicyExplainer;
import io.mintmark.provisioning.PolicyExplainer.Question;
import io.mintmark.provisioning.Refusal;

/**
 * {@code GET /api/v1/policy/explain}: what brokers say to a PUBLISH or a SUBSCRIBE, and why. Who is
 * {@code device} or {@code application}; what is {@code publish} or {@code subscribe}, with {@code
 * qos} and {@code retain}.
 */
final class PolicyRoute {

  private final PolicyExplainer policies;

  PolicyRoute(PolicyExplainer policies) {
    this.policies = policies;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/policy/explain", this::explain);
  }

  private void explain(Context ctx) throws Refusal {
    String device = ctx.queryParam("device");
    String application = ctx.queryParam("application");
    String publish = ctx.queryParam("publish");
    String subscribe = ctx.queryParam("subscribe");
    requireOne("device", device, "application", application);
    requireOne("publish", publish, "subscribe", subscribe);
    Question question = new Question(
        publish != null,
        publish != null ? publish : subscribe,
        (int) QueryParameters.number(ctx, "qos", 0, 0, 2),
        QueryParameters.flag(ctx, "retain"));
    Json.answer(
        ctx,
        device == null
            ? policies.application(application, question)
            : policies.device(id(device), question));
  }

  private static void requireOne(String one, String value, String other, String otherValue)
      throws Refusal {
    if ((value == null) == (otherValue == null)) {
      throw new Refusal(
          Refusal.Kind.INVALID, "give one of the query parameters " + one + " and " + other);
    }
  }

  private static DeviceId id(String text) throws Refusal {
    try {
      return new DeviceId(text);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }
}
