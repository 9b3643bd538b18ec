package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.recovery.Recoverer;
import java.util.List;

/**
 * {@code GET /api/v1/recovery}: who has told what it remembers; {@code POST}: takes it in and issues
 * again.
 */
final class RecoveryRoutes {

  private static final String PATH = "/api/v1/recovery";
  private static final int LONGEST_BODY = 64 * 1024;

  /**
   * What an operator decides.
   *
   * @param without brokers not to wait for; null for none
   */
  private record Decision(List<String> without) {}

  private final Recoverer recoverer;

  RecoveryRoutes(Recoverer recoverer) {
    this.recoverer = recoverer;
  }

  void register(RoutesConfig routes) {
    routes.get(PATH, ctx -> Json.answer(ctx, recoverer.look()));
    routes.post(PATH, this::recover);
  }

  private void recover(Context ctx) throws Refusal {
    List<String> without = Json.body(ctx, LONGEST_BODY, Decision.class).without();
    Json.answer(
        ctx,
        recoverer.recover(
            without == null ? List.of() : without, OperatorAuthentication.operator(ctx)));
  }
}
