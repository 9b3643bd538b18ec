package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.Applications.ApplicationView;
import io.mintmark.provisioning.GrantForm;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.SigningRequest;
import io.mintmark.provisioning.sql.PresenceTable.BrokerView;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.List;

/** Applications, which operators define and certify. */
final class ApplicationRoutes {

  private static final int LONGEST_BODY = 64 * 1024;
  private static final List<String> PKCS10 = List.of("application/pkcs10");

  private record Grants(List<Object> publish, List<Object> subscribe) {}

  private record Removed(String name, int certificates) {}

  private record ApplicationList(List<ApplicationView> applications) {}

  private record BrokerList(List<BrokerView> brokers) {}

  private final Provisioning core;

  ApplicationRoutes(Provisioning core) {
    this.core = core;
  }

  void register(RoutesConfig routes) {
    routes.get(
        "/api/v1/applications",
        ctx -> Json.answer(ctx, new ApplicationList(core.applications().list())));
    routes.put("/api/v1/applications/{name}", this::define);
    routes.delete("/api/v1/applications/{name}", this::remove);
    routes.post("/api/v1/applications/{name}/certificate", this::certify);
    routes.get(
        "/api/v1/brokers", ctx -> Json.answer(ctx, new BrokerList(core.brokers().list())));
  }

  private void define(Context ctx) throws Refusal {
    String name = ctx.pathParam("name");
    Grants grants = Json.body(ctx, LONGEST_BODY, Grants.class);
    TopicGrants topics = topics(grants);
    core.applications().define(name, topics, OperatorAuthentication.operator(ctx));
    Json.answer(ctx, core.applications().find(name));
  }

  private void remove(Context ctx) throws Refusal {
    String name = ctx.pathParam("name");
    boolean force = QueryParameters.flag(ctx, "force");
    int certificates =
        core.applications().remove(name, force, OperatorAuthentication.operator(ctx));
    Json.answer(ctx, new Removed(name, certificates));
  }

  private static TopicGrants topics(Grants grants) throws Refusal {
    try {
      return GrantForm.read(grants.publish(), grants.subscribe());
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }

  private void certify(Context ctx) throws Refusal {
    SigningRequest request = request(ctx);
    String name = ctx.pathParam("name");
    String actor = OperatorAuthentication.operator(ctx);
    String replaced = ctx.queryParam("replaces");
    X509Certificate leaf = replaced == null
        ? core.applications().certify(name, request, actor)
        : core.applications().replace(name, serial(replaced), request, actor);
    ctx.contentType("application/x-pem-file");
    ctx.result(Pem.encode(core.authority().chain(leaf)));
  }

  private static BigInteger serial(String hex) throws Refusal {
    try {
      return new BigInteger(hex, 16);
    } catch (NumberFormatException e) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "replaces '" + Printable.of(hex) + "' is no serial number: use hex digits");
    }
  }

  private static SigningRequest request(Context ctx) throws Refusal {
    return SigningRequestDecoder.decode(RequestBody.bytes(ctx, LONGEST_BODY, PKCS10));
  }
}
