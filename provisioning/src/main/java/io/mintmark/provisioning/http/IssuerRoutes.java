package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.IssuerViews.IssuerView;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;

/** The CAs, for operators. */
final class IssuerRoutes {

  private static final String ISSUERS = "/api/v1/issuers";
  private static final String ISSUER = ISSUERS + "/{issuer}";
  private static final int LONGEST_BODY = 64 * 1024;
  private static final int MOST_CERTIFICATES = 10;
  private static final List<String> CRL = List.of("application/pkix-crl");
  private static final List<String> PEM = List.of("application/x-pem-file");

  /** A verb on a CA. */
  @FunctionalInterface
  private interface Verb {
    void apply(String id, String actor) throws Refusal;
  }

  private record IssuerList(List<IssuerView> issuers) {}

  /** {@code entries}: how many CAs a CRL lists. */
  private record CrlView(int entries) {}

  private final Provisioning core;

  IssuerRoutes(Provisioning core) {
    this.core = core;
  }

  void register(RoutesConfig routes) {
    routes.get(
        ISSUERS, ctx -> Json.answer(ctx, new IssuerList(core.issuerViews().list())));
    routes.get(ISSUER, ctx -> answer(ctx, ctx.pathParam("issuer")));
    routes.post(ISSUERS + "/request", this::request);
    routes.post(
        ISSUERS + "/install",
        ctx -> answer(ctx, core.caCertifier().install(certificates(ctx), actor(ctx))));
    routes.post(
        ISSUERS + "/prepare-issuing", ctx -> answer(ctx, core.caPreparer().issuing(actor(ctx))));
    routes.post(
        ISSUERS + "/prepare-root",
        ctx -> answer(
            ctx,
            core.caPreparer().root(QueryParameters.flag(ctx, "root-key-elsewhere"), actor(ctx))));
    routes.post(ISSUER + "/cross", this::cross);
    routes.post(ISSUER + "/crl/draft", this::draftCrl);
    routes.post(ISSUER + "/crl", this::publishCrl);
    routes.post(
        ISSUER + "/activate",
        ctx -> changed(ctx, (id, actor) -> core.caActivator().activate(id, force(ctx), actor)));
    routes.post(
        ISSUER + "/retire",
        ctx -> changed(ctx, (id, actor) -> core.caRetirer().retire(id, force(ctx), actor)));
    routes.post(
        ISSUER + "/revoke",
        ctx -> changed(
            ctx,
            (id, actor) ->
                core.caRetirer().revoke(id, ctx.queryParam("reason"), force(ctx), actor)));
  }

  /** Answers with the CA as it stands afterwards. */
  private void changed(Context ctx, Verb verb) throws Refusal {
    String id = ctx.pathParam("issuer");
    verb.apply(id, actor(ctx));
    answer(ctx, id);
  }

  private static boolean force(Context ctx) throws Refusal {
    return QueryParameters.flag(ctx, "force");
  }

  private void request(Context ctx) throws Refusal {
    byte[] request = core.caCertifier().request(actor(ctx));
    ctx.contentType("application/x-pem-file");
    ctx.result(Pem.encode("CERTIFICATE REQUEST", request));
  }

  private void cross(Context ctx) throws Refusal {
    String id = ctx.pathParam("issuer");
    core.caPreparer().cross(id, certificates(ctx).get(0), actor(ctx));
    answer(ctx, id);
  }

  private void draftCrl(Context ctx) throws Refusal {
    byte[] draft = core.rootCrls().draft(ctx.pathParam("issuer"));
    ctx.contentType("application/octet-stream");
    ctx.result(draft);
  }

  private void publishCrl(Context ctx) throws Refusal {
    byte[] crl = RequestBody.bytes(ctx, LONGEST_BODY, CRL);
    Json.answer(
        ctx, new CrlView(core.rootCrls().publish(ctx.pathParam("issuer"), crl, actor(ctx))));
  }

  private void answer(Context ctx, String id) throws Refusal {
    Json.answer(ctx, core.issuerViews().find(id));
  }

  private static List<X509Certificate> certificates(Context ctx) throws Refusal {
    byte[] body = RequestBody.bytes(ctx, LONGEST_BODY, PEM);
    try {
      List<X509Certificate> found = Pem.certificates(new String(body, StandardCharsets.ISO_8859_1));
      if (found.size() <= MOST_CERTIFICATES) {
        return found;
      }
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the body holds " + found.size() + " certificates: send up to " + MOST_CERTIFICATES);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the body holds no readable certificate: "
              + Printable.of(String.valueOf(e.getMessage())));
    }
  }

  private static String actor(Context ctx) {
    return OperatorAuthentication.operator(ctx);
  }
}
