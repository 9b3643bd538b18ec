package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.FeedPage;
import io.mintmark.provisioning.Brokers;
import io.mintmark.provisioning.Feed;
import io.mintmark.provisioning.Refusal;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * {@code GET /v1/feed?after=N&wait=SECONDS}: what brokers should know beyond what they know. With
 * nothing new the request is parked, without a thread, until there is or the wait is over; then the
 * page is empty.
 */
final class FeedRoute {

  static final String PATH = "/v1/feed";

  private static final long LONGEST_WAIT_SECONDS = 60;
  private static final long DEFAULT_WAIT_SECONDS = 30;

  private final Feed feed;
  private final Brokers brokers;
  private final ParkedRequests parked;

  FeedRoute(Feed feed, Brokers brokers, ParkedRequests parked) {
    this.feed = feed;
    this.brokers = brokers;
    this.parked = parked;
    feed.onAppend(parked::wakeAll);
  }

  void register(RoutesConfig routes) {
    routes.get(PATH, this::follow);
  }

  private void follow(Context ctx) throws Refusal {
    List<X509Certificate> peer = PeerCertificates.of(ctx);
    String broker = brokers.authenticate(peer).spiffeId();
    long after = QueryParameters.number(ctx, "after", 0, 0, Long.MAX_VALUE);
    long wait = QueryParameters.number(ctx, "wait", DEFAULT_WAIT_SECONDS, 0, LONGEST_WAIT_SECONDS);
    FeedPage page = feed.after(after);
    if (page.head() > after || wait == 0) {
      Json.answer(ctx, page);
      return;
    }
    Duration longest = Duration.ofSeconds(wait);
    ctx.future(() -> parked.until(broker, () -> feed.head() > after, longest, () -> {
      // It may have been revoked while it waited.
      brokers.authenticate(peer);
      Json.answer(ctx, feed.after(after));
    }));
  }
}
