package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.Applications.ApplicationView;
import io.mintmark.provisioning.GrantForm;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.SigningRequest;
import java.security.cert.X509Certificate;
import java.util.List;

/** Applications and brokers, which operators name and certify. */
final class ApplicationRoutes {

  private static final int LONGEST_BODY = 64 * 1024;
  private static final List<String> PKCS10 = List.of("application/pkcs10");

  private record Grants(List<Object> publish, List<Object> subscribe) {}

  private record ApplicationList(List<ApplicationView> applications) {}

  private final Provisioning core;

  ApplicationRoutes(Provisioning core) {
    this.core = core;
  }

  void register(RoutesConfig routes) {
    routes.get(
        "/api/v1/applications",
        ctx -> Json.answer(ctx, new ApplicationList(core.applications().list())));
    routes.put("/api/v1/applications/{name}", this::define);
    routes.post("/api/v1/applications/{name}/certificate", this::certifyApplication);
    routes.post("/api/v1/brokers/{name}/certificate", this::certifyBroker);
  }

  private void define(Context ctx) throws Refusal {
    String name = ctx.pathParam("name");
    Grants grants = Json.body(ctx, LONGEST_BODY, Grants.class);
    TopicGrants topics = topics(grants);
    core.applications().define(name, topics, OperatorAuthentication.operator(ctx));
    Json.answer(
        ctx, new ApplicationView(name, GrantForm.publish(topics), GrantForm.subscribe(topics)));
  }

  private static TopicGrants topics(Grants grants) throws Refusal {
    try {
      return GrantForm.read(grants.publish(), grants.subscribe());
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }

  private void certifyApplication(Context ctx) throws Refusal {
    SigningRequest request = request(ctx);
    certified(
        ctx,
        core.applications()
            .certify(ctx.pathParam("name"), request, OperatorAuthentication.operator(ctx)));
  }

  private void certifyBroker(Context ctx) throws Refusal {
    SigningRequest request = request(ctx);
    certified(
        ctx,
        core.brokers()
            .certify(
                ctx.pathParam("name"),
                request,
                ctx.queryParams("host"),
                OperatorAuthentication.operator(ctx)));
  }

  private static SigningRequest request(Context ctx) throws Refusal {
    return SigningRequestDecoder.decode(RequestBody.bytes(ctx, LONGEST_BODY, PKCS10));
  }

  private void certified(Context ctx, X509Certificate leaf) {
    ctx.contentType("application/x-pem-file");
    ctx.result(Pem.encode(core.authority().chain(leaf)));
  }
}
