package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.provisioning.BundleReports;
import io.mintmark.provisioning.Refusal;
import java.util.List;

/**
 * {@code POST /v1/bundle}: a device says which trust anchors it holds, by their fingerprint; the
 * answer is {@code current}, or {@code outdated} if {@code /cacerts} has others.
 */
final class BundleRoute {

  private static final int LONGEST_BODY = 256;
  private static final List<String> TEXT = List.of("text/plain");

  private final BundleReports reports;

  BundleRoute(BundleReports reports) {
    this.reports = reports;
  }

  void register(RoutesConfig routes) {
    routes.post("/v1/bundle", this::report);
  }

  private void report(Context ctx) throws Refusal {
    String fingerprint = RequestBody.text(ctx, LONGEST_BODY, TEXT).strip();
    boolean current = reports.report(PeerCertificates.of(ctx), fingerprint);
    ctx.contentType("text/plain");
    ctx.result((current ? "current" : "outdated") + "\n");
  }
}
