package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.revocation.Certificates;
import io.mintmark.provisioning.revocation.FactoryCas;
import io.mintmark.provisioning.revocation.RevocationRun;
import io.mintmark.provisioning.revocation.RevocationRuns;
import java.util.List;

/**
 * Taking trust back from certificates, from what came of a factory CA and from what an issuing CA
 * signed, and bulk runs, for operators. What is done to many answers with its run, which goes on.
 */
final class RevocationRoutes {

  private static final String CERTIFICATES = "/api/v1/certificates";
  private static final String FACTORY_CAS = "/api/v1/factory-cas";
  private static final String RUNS = "/api/v1/revocations";
  private static final int DEFAULT_LIMIT = 100;
  private static final int LARGEST_LIMIT = 1000;

  private record CertificateList(List<Certificates.View> certificates) {}

  private record FactoryCaList(List<FactoryCas.View> factoryCas) {}

  private record RunList(List<RevocationRun> revocations) {}

  private final Provisioning core;
  private final RevocationRuns runs;

  RevocationRoutes(Provisioning core) {
    this.core = core;
    this.runs = core.revocationRuns();
  }

  void register(RoutesConfig routes) {
    routes.get(CERTIFICATES, this::certificates);
    routes.get(
        CERTIFICATES + "/{serial}",
        ctx -> Json.answer(ctx, core.certificates().find(ctx.pathParam("serial"))));
    routes.post(CERTIFICATES + "/{serial}/revoke", this::revokeCertificate);
    routes.get(
        FACTORY_CAS, ctx -> Json.answer(ctx, new FactoryCaList(core.factoryCas().list())));
    routes.post(
        FACTORY_CAS + "/{ca}/revoke",
        ctx -> Json.answer(
            ctx,
            runs.revokeFactoryCa(ctx.pathParam("ca"), RevocationBody.reason(ctx), operator(ctx))));
    routes.post("/api/v1/issuers/{issuer}/revoke-issued", this::revokeIssued);
    routes.get(RUNS, ctx -> Json.answer(ctx, new RunList(runs.list())));
    routes.get(RUNS + "/{run}", ctx -> Json.answer(ctx, runs.find(run(ctx))));
    routes.post(RUNS + "/{run}/resume", ctx -> Json.answer(ctx, runs.resume(run(ctx))));
  }

  private void certificates(Context ctx) throws Refusal {
    long limit = QueryParameters.number(ctx, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT);
    Json.answer(
        ctx,
        new CertificateList(core.certificates()
            .list(ctx.queryParam("issuer"), ctx.queryParam("identity"), (int) limit)));
  }

  /** Answers with the certificate as it stands afterwards. */
  private void revokeCertificate(Context ctx) throws Refusal {
    String serial = ctx.pathParam("serial");
    RevocationBody.OfCertificate body = RevocationBody.ofCertificate(ctx);
    core.certificateRevoker().revoke(serial, body.issuer(), body.reason(), operator(ctx));
    Json.answer(ctx, core.certificates().find(serial));
  }

  private void revokeIssued(Context ctx) throws Refusal {
    RevocationBody.OfIssued body = RevocationBody.ofIssued(ctx);
    Json.answer(
        ctx,
        runs.revokeIssued(ctx.pathParam("issuer"), body.before(), body.reason(), operator(ctx)));
  }

  private static long run(Context ctx) throws Refusal {
    return PathNumber.of(ctx, "run");
  }

  private static String operator(Context ctx) {
    return OperatorAuthentication.operator(ctx);
  }
}
