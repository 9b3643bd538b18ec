package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;
import static io.mintmark.simulators.attack.HostileMove.plain;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import java.io.IOException;
import java.util.List;

/** What is for brokers alone, and what is for holders of a certificate, asked for by others. */
final class ServiceMoves {

  private static final String BROKERS =
      "403: for brokers of this installation alone (broker.md, Following the service)";
  private static final String FEED = "/v1/feed?after=0&wait=0";

  private ServiceMoves() {}

  static List<HostileMove> all() {
    return List.of(
        plain(
            "feed.anonymous",
            "to read the feed without a certificate",
            BROKERS,
            stage -> feed(stage, null)),
        cast(
            "feed.device",
            "to read the feed by a device's certificate",
            BROKERS,
            stage -> feed(stage, stage.intruder())),
        cast(
            "feed.application",
            "to read the feed by an application's certificate",
            BROKERS,
            stage -> feed(stage, stage.ground().otherApplication())),
        cast(
            "feed.bootstrap",
            "to read the feed by a factory's certificate",
            BROKERS,
            stage -> feed(stage, stage.intruderBootstrap())),
        cast(
            "feed.forged-broker",
            "to read the feed by a forged certificate of a broker",
            BROKERS,
            stage -> feed(stage, broker(stage))),
        cast(
            "feed.memory",
            "to tell the service what a broker remembers",
            BROKERS,
            stage -> post(stage, "/v1/feed/memory", "{}", stage.intruder())
                .and(post(stage, "/v1/feed/memory", "{}", stage.ground().otherApplication()))
                .and(post(stage, "/v1/feed/memory", "{}", broker(stage)))),
        cast(
            "feed.sessions",
            "to report sessions as a broker does",
            BROKERS,
            stage -> post(stage, "/v1/sessions", "{}", stage.intruder())
                .and(post(stage, "/v1/sessions", "{}", stage.ground().otherApplication()))
                .and(post(stage, "/v1/sessions", "{}", broker(stage)))),
        plain(
            "feed.sessions-anonymous",
            "to report sessions without a certificate",
            BROKERS,
            stage -> post(stage, "/v1/sessions", "{}", null)),
        cast(
            "feed.bundle",
            "to report a bundle as another device, or as nobody",
            "403 (trust.md)",
            stage -> {
              String body = "0".repeat(64);
              return text(stage, body, null)
                  .and(text(stage, body, stage.intruderBootstrap()))
                  .and(text(
                      stage, body, stage.forger().leaf(stage.victim()).signedBy(stage.intruder())));
            }));
  }

  private static Credential broker(Stage stage) {
    Identity identity = new Identity.Broker(stage.victim().trustDomain(), "local");
    return stage.forger().leaf(identity).signedBy(stage.intruder());
  }

  private static Verdict feed(Stage stage, Credential shown) throws IOException {
    return stage.ground().service(shown).get(FEED).refused(403);
  }

  private static Verdict post(Stage stage, String path, String body, Credential shown)
      throws IOException {
    return stage
        .ground()
        .service(shown)
        .post(path, "application/json", Packet.utf8(body))
        .refused(403);
  }

  private static Verdict text(Stage stage, String body, Credential shown) throws IOException {
    return stage
        .ground()
        .service(shown)
        .post("/v1/bundle", "text/plain", Packet.utf8(body))
        .refused(403);
  }
}
