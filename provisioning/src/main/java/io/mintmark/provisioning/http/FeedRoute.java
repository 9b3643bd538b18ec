package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.identity.FeedMemory;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.Identity;
import io.mintmark.provisioning.Brokers;
import io.mintmark.provisioning.Feed;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.recovery.BrokerMemories;
import io.mintmark.provisioning.recovery.FeedLineage;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * {@code GET /v1/feed?after=N&wait=SECONDS}: what brokers should know beyond what they know. With
 * nothing new the request is parked, without a thread, until there is or the wait is over; then the
 * page is empty. {@code place} is what the page before called the place. {@code POST
 * /v1/feed/memory}: what a broker remembers, when it was asked for it.
 */
final class FeedRoute {

  static final String PATH = "/v1/feed";

  private static final long LONGEST_WAIT_SECONDS = 60;
  private static final long DEFAULT_WAIT_SECONDS = 30;

  /** A broker tells in parts of half of that. */
  private static final int LARGEST_PART = 64 * 1024;

  private final Feed feed;
  private final Brokers brokers;
  private final FeedLineage lineage;
  private final BrokerMemories memories;
  private final ParkedRequests parked;

  FeedRoute(Provisioning core, ParkedRequests parked) {
    this.feed = core.feed();
    this.brokers = core.brokers();
    this.lineage = core.lineage();
    this.memories = core.memories();
    this.parked = parked;
    feed.onAppend(parked::wakeAll);
  }

  void register(RoutesConfig routes) {
    routes.get(PATH, this::follow);
    routes.post(PATH + "/memory", this::remember);
  }

  private void remember(Context ctx) throws Refusal {
    Identity.Broker broker = brokers.authenticate(PeerCertificates.of(ctx));
    memories.tell(broker.name(), Json.body(ctx, LARGEST_PART, FeedMemory.class));
    ctx.contentType("text/plain");
    ctx.result("taken down\n");
  }

  private void follow(Context ctx) throws Refusal {
    List<X509Certificate> peer = PeerCertificates.of(ctx);
    Identity.Broker broker = brokers.authenticate(peer);
    long after = QueryParameters.number(ctx, "after", 0, 0, Long.MAX_VALUE);
    long wait = QueryParameters.number(ctx, "wait", DEFAULT_WAIT_SECONDS, 0, LONGEST_WAIT_SECONDS);
    String place = ctx.queryParam("place");
    lineage.requireReadable(broker.name(), place);
    FeedPage page = feed.after(after);
    if (page.head() > after || wait == 0) {
      Json.answer(ctx, page);
      return;
    }
    Duration longest = Duration.ofSeconds(wait);
    ctx.future(() -> parked.until(broker.spiffeId(), () -> feed.head() > after, longest, () -> {
      // It may have been revoked while it waited.
      brokers.authenticate(peer);
      lineage.requireReadable(broker.name(), place);
      Json.answer(ctx, feed.after(after));
    }));
  }
}
