package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.AuditLog;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.audit.Checkpoint;
import java.util.List;

/**
 * {@code GET /api/v1/audit?after=N&limit=N}: who changed what, oldest first; and {@code
 * GET /api/v1/audit/checkpoints} with the same parameters: what is signed of it, and the
 * certificates of those who sign.
 */
final class AuditRoute {

  private static final String PATH = "/api/v1/audit";
  private static final int DEFAULT_LIMIT = 100;
  private static final int LARGEST_LIMIT = 1000;

  private record Rows(List<AuditRow> rows) {}

  /** {@code certificates} in PEM. */
  private record Checkpoints(List<Checkpoint> checkpoints, String certificates) {}

  private final AuditLog audit;

  AuditRoute(AuditLog audit) {
    this.audit = audit;
  }

  void register(RoutesConfig routes) {
    routes.get(PATH, ctx -> Json.answer(ctx, new Rows(audit.after(after(ctx), limit(ctx)))));
    routes.get(
        PATH + "/checkpoints",
        ctx -> Json.answer(
            ctx,
            new Checkpoints(
                audit.checkpoints().after(after(ctx), limit(ctx)),
                Pem.encode(audit.checkpoints().certificates()))));
  }

  private static long after(Context ctx) throws Refusal {
    return QueryParameters.number(ctx, "after", 0, 0, Long.MAX_VALUE);
  }

  private static int limit(Context ctx) throws Refusal {
    return (int) QueryParameters.number(ctx, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT);
  }
}
