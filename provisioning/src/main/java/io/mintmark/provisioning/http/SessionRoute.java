package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.Identity;
import io.mintmark.identity.SessionReport;
import io.mintmark.provisioning.Brokers;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.presence.SessionReports;

/** {@code POST /v1/sessions}: what a broker reports of its connections. */
final class SessionRoute {

  private static final String PATH = "/v1/sessions";

  private final Brokers brokers;
  private final SessionReports reports;
  private final int longestBody;

  SessionRoute(Provisioning core) {
    this.brokers = core.brokers();
    this.reports = core.sessionReports();
    this.longestBody = core.settings().limits().bytes().body();
  }

  void register(RoutesConfig routes) {
    routes.post(PATH, this::take);
  }

  private void take(Context ctx) throws Refusal {
    Identity.Broker broker = brokers.authenticate(PeerCertificates.of(ctx));
    SessionReport report = Json.bodyOfAnyVersion(ctx, longestBody, SessionReport.class);
    Json.answer(ctx, reports.take(broker.name(), report));
  }
}
