package io.mintmark.simulators.attack;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.Credential;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A certificate that many devices share, used more often, longer or elsewhere than an operator said. */
final class ClaimMoves {

  private static final Set<Need> NEEDS = Set.of(Need.CAST, Need.API);
  private static final String RULES = "403 (est.md, claim)";
  private static final int RACERS = 6;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Every device asked for under a claim has a name of its own. */
  private static final AtomicInteger NAMES = new AtomicInteger();

  private ClaimMoves() {}

  static List<HostileMove> all() {
    return List.of(
        move("claim.beyond-count", "a second device by a claim for one", stage -> {
          Credential claim = claim(stage, 1, Duration.ofHours(1));
          require(enrol(stage, claim, name(stage)));
          return enrol(stage, claim, name(stage)).refused(403);
        }),
        move("claim.raced", RACERS + " devices at once by a claim for one", ClaimMoves::raced),
        move("claim.ended", "to use a claim after its end", stage -> {
          Credential claim = claim(stage, 5, Duration.ofSeconds(3));
          require(enrol(stage, claim, name(stage)));
          Thread.sleep(4_000);
          return enrol(stage, claim, name(stage)).refused(403);
        }),
        move("claim.revoked", "to use a claim that was taken back", ClaimMoves::revoked),
        move("claim.other-fleet", "to use a claim at another fleet's label", stage -> {
          Credential claim = claim(stage, 5, Duration.ofHours(1));
          require(enrol(stage, claim, name(stage)));
          return Est.ask(
                  stage,
                  claim,
                  stage.victim().fleet(),
                  Est.ENROL,
                  Est.first(stage.ground().nextSpare().value()))
              .refused(403);
        }),
        move(
            "claim.takeover",
            "to enrol a device again that is enrolled, with another key",
            stage -> {
              Credential claim = claim(stage, 5, Duration.ofHours(1));
              String device = name(stage);
              require(enrol(stage, claim, device));
              return enrol(stage, claim, device).refused(403);
            }),
        move("claim.device-of-another-fleet", "to enrol as a device of another fleet", stage -> {
          Credential claim = claim(stage, 5, Duration.ofHours(1));
          require(enrol(stage, claim, name(stage)));
          return enrol(stage, claim, stage.victim().name()).refused(403);
        }),
        move("claim.renew", "to renew a device's certificate by a claim", stage -> {
          Credential claim = claim(stage, 5, Duration.ofHours(1));
          String device = name(stage);
          require(enrol(stage, claim, device));
          return Est.ask(stage, claim, fleet(stage), Est.RENEW, Est.first(device))
              .refused(403);
        }),
        move("claim.forged", "a certificate with a claim's names and another key", stage -> {
          Credential claim = claim(stage, 5, Duration.ofHours(1));
          require(enrol(stage, claim, name(stage)));
          Forgery copy =
              new Forgery(Forgery.subjectOf(claim.certificate()), stage.clock().instant());
          Credential forged = new Credential(copy.key(), List.of(copy.selfSigned()));
          return enrol(stage, forged, name(stage)).refused(403);
        }));
  }

  private static HostileMove move(String id, String tries, HostileMove.Play play) {
    return new HostileMove(id, tries, RULES, NEEDS, play);
  }

  private static FleetId fleet(Stage stage) {
    return stage.ground().fleet("-claims");
  }

  private static String name(Stage stage) {
    return stage.ground().id("claimed-" + NAMES.incrementAndGet()).value();
  }

  /** Has an operator make a claim, for any device; its certificate and key. */
  private static Credential claim(Stage stage, int uses, Duration lasts) throws IOException {
    return make(stage, uses, lasts).credential();
  }

  /** A claim and the number it goes by. */
  private record Claimed(Credential credential, long number) {}

  private static Claimed make(Stage stage, int uses, Duration lasts) throws IOException {
    Forgery certificate =
        new Forgery("claim " + NAMES.incrementAndGet(), stage.clock().instant());
    Credential claim = new Credential(certificate.key(), List.of(certificate.selfSigned()));
    Instant end = stage.clock().instant().plus(lasts).truncatedTo(ChronoUnit.SECONDS);
    String body = """
        {"certificate": "%s", "uses": %d, "endsAt": "%s", "anyDevice": true}""".formatted(Pem.encode(claim.chain()).replace("\n", "\\n"), uses, end);
    HttpAnswer answer = stage
        .ground()
        .api()
        .post(path(stage), "application/json", Packet.utf8(body), stage.ground().authorization());
    require(answer);
    return new Claimed(claim, JSON.readTree(answer.body()).path("id").asLong());
  }

  private static String path(Stage stage) {
    return "/api/v1/fleets/" + fleet(stage) + "/claims";
  }

  /** That what should be allowed is. */
  private static void require(HttpAnswer answer) throws IOException {
    if (answer.status() < 200 || answer.status() >= 300) {
      throw new IOException("what is allowed was refused: " + answer);
    }
  }

  private static HttpAnswer enrol(Stage stage, Credential claim, String device) throws IOException {
    return Est.ask(stage, claim, fleet(stage), Est.ENROL, Est.first(device));
  }

  private static Verdict revoked(Stage stage) throws IOException {
    Claimed made = make(stage, 5, Duration.ofHours(1));
    require(enrol(stage, made.credential(), name(stage)));
    Ground ground = stage.ground();
    String path = path(stage) + "/" + made.number();
    require(ground.api().send("DELETE", path, null, ground.authorization()));
    return enrol(stage, made.credential(), name(stage)).refused(403);
  }

  private static Verdict raced(Stage stage) throws Exception {
    Credential claim = claim(stage, 1, Duration.ofHours(1));
    ExecutorService racers = Executors.newFixedThreadPool(RACERS);
    try {
      List<Future<HttpAnswer>> answers = new ArrayList<>();
      for (int i = 0; i < RACERS; i++) {
        String device = name(stage);
        answers.add(racers.submit(() -> enrol(stage, claim, device)));
      }
      int issued = 0;
      Verdict refusals = null;
      for (Future<HttpAnswer> answer : answers) {
        if (answer.get().status() == 200) {
          issued++;
        } else {
          Verdict refusal = answer.get().refused(403);
          refusals = refusals == null ? refusal : refusals.and(refusal);
        }
      }
      String saw = issued + " of " + RACERS + " got a certificate";
      if (issued != 1 || refusals == null) {
        return issued > 1 ? Verdict.leak(saw) : Verdict.unproven(saw);
      }
      return refusals.held() ? Verdict.held(saw) : refusals;
    } finally {
      racers.shutdownNow();
    }
  }
}
