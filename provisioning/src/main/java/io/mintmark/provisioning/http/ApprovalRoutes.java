package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Approval;
import io.mintmark.provisioning.Approvals;
import io.mintmark.provisioning.Approvals.ApprovalView;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.Worded;
import java.util.List;

/** Devices that wait for a yes, for operators. */
final class ApprovalRoutes {

  private static final int LONGEST_BODY = 64 * 1024;
  private static final int DEFAULT_LIMIT = 100;
  private static final int LARGEST_LIMIT = 1000;
  private static final String APPROVALS = "/api/v1/approvals";

  /** The body of a decision, which may be left out. */
  private record Decision(String reason) {}

  private record ApprovalList(List<ApprovalView> approvals) {}

  private final Approvals approvals;

  ApprovalRoutes(Approvals approvals) {
    this.approvals = approvals;
  }

  void register(RoutesConfig routes) {
    routes.get(APPROVALS, this::list);
    routes.post(
        APPROVALS + "/{approval}/approve",
        ctx -> Json.answer(ctx, approvals.approve(id(ctx), reason(ctx), actor(ctx))));
    routes.post(
        APPROVALS + "/{approval}/deny",
        ctx -> Json.answer(ctx, approvals.deny(id(ctx), reason(ctx), actor(ctx))));
  }

  private void list(Context ctx) throws Refusal {
    String fleet = ctx.queryParam("fleet");
    String state = ctx.queryParam("state");
    long after = QueryParameters.number(ctx, "after", 0, 0, Long.MAX_VALUE);
    long limit = QueryParameters.number(ctx, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT);
    Json.answer(
        ctx,
        new ApprovalList(approvals.list(
            fleet == null ? null : FleetRoutes.fleet(fleet),
            state == null ? null : state(state),
            after,
            (int) limit)));
  }

  private static Approval.State state(String word) throws Refusal {
    try {
      return Worded.of(Approval.State.class, word);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "approval state '"
              + Printable.of(word)
              + "' is not known: use one of "
              + Worded.words(Approval.State.class));
    }
  }

  private static String reason(Context ctx) throws Refusal {
    if (ctx.req().getContentLengthLong() == 0 || ctx.req().getContentType() == null) {
      return null;
    }
    return Json.body(ctx, LONGEST_BODY, Decision.class).reason();
  }

  private static long id(Context ctx) throws Refusal {
    return PathNumber.of(ctx, "approval");
  }

  private static String actor(Context ctx) {
    return OperatorAuthentication.operator(ctx);
  }
}
