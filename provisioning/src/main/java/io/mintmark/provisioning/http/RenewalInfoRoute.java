package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.mintmark.identity.RenewalInfo;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.RenewalInformation;
import java.time.Instant;

/**
 * {@code GET /v1/renewal-info/<certID>}: when to renew, in the form of RFC 9773, section 4, and which
 * trust anchors to hold, by their fingerprint: devices ask often enough to learn of a new root. As there,
 * whoever asks is answered: the answer is about a moment, not about a device, and the 127 random
 * bits of a serial number cannot be guessed.
 */
final class RenewalInfoRoute {

  private record Window(Instant start, Instant end) {}

  private record Info(Window suggestedWindow, String bundle) {}

  private final RenewalInformation information;

  RenewalInfoRoute(RenewalInformation information) {
    this.information = information;
  }

  void register(RoutesConfig routes) {
    routes.get("/v1/renewal-info/{certId}", this::info);
  }

  private void info(Context ctx) throws Refusal {
    RenewalInfo info = information.of(ctx.pathParam("certId"));
    ctx.header(Header.RETRY_AFTER, Long.toString(info.retryAfter().toSeconds()));
    Window window = new Window(info.window().start(), info.window().end());
    Json.answer(ctx, new Info(window, info.bundle()));
  }
}
