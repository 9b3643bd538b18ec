package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.provisioning.AuditLog;
import io.mintmark.provisioning.AuditLog.AuditRow;
import io.mintmark.provisioning.Refusal;
import java.util.List;

/** {@code GET /api/v1/audit?after=N&limit=N}: who changed what, oldest first. */
final class AuditRoute {

  private static final int DEFAULT_LIMIT = 100;
  private static final int LARGEST_LIMIT = 1000;

  private record Rows(List<AuditRow> rows) {}

  private final AuditLog audit;

  AuditRoute(AuditLog audit) {
    this.audit = audit;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/audit", this::rows);
  }

  private void rows(Context ctx) throws Refusal {
    long after = QueryParameters.number(ctx, "after", 0, 0, Long.MAX_VALUE);
    long limit = QueryParameters.number(ctx, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT);
    Json.answer(ctx, new Rows(audit.after(after, (int) limit)));
  }
}
