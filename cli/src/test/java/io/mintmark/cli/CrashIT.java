package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code docs/est.md} promises. {@code -Dmintmark.crash.kills=300} goes on for
 * longer; {@code -Dmintmark.crash.seed=...} makes the same choices as the run that printed it.
 */
class CrashIT {

  private static final int KILLS = Integer.getInteger("mintmark.crash.kills", 30);
  private static final long SEED = Long.getLong("mintmark.crash.seed", System.nanoTime());
  private static final int CLIENTS = 6;

  /** One of so many kills comes before the service has answered anybody. */
  private static final int WHILE_STARTING = 5;

  private static final int LONGEST_START_MS = 2_000;
  private static final int LONGEST_LOAD_MS = 500;

  @TempDir
  Path folder;

  private final Random random = new Random(SEED);
  private final CrashLedger ledger = new CrashLedger();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<Thread> clients = new ArrayList<>();

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void losesNothingThatWasAnswered() throws Exception {
    Path data = folder.resolve("data");
    int underLoad = 0;
    try (CrashService service = new CrashService(data)) {
      service.start();
      service.awaitUp();
      CrashFleets fleets = CrashFleets.define(service, 100 + 40 * KILLS, 2 + KILLS / 2);
      service.kill();
      startClients(fleets);
      for (int kill = 1; kill <= KILLS; kill++) {
        ledger.startOf(kill);
        service.start();
        if (random.nextInt(WHILE_STARTING) == 0) {
          service.killAfter(random.nextInt(LONGEST_START_MS));
        } else {
          awaitAnswer(service);
          service.killAfter(random.nextInt(LONGEST_LOAD_MS));
          underLoad++;
        }
        requireConsistent(data);
      }
      ledger.startOf(KILLS + 1);
      service.start();
      service.awaitUp();
      stopClients();
      repeatRequests();
    }
    try (CrashRegistry registry = new CrashRegistry(data)) {
      int takenUp = takenUp(registry);
      System.out.println(report(underLoad, takenUp, registry));
      registry.requireConsistent();
      registry.requireUsesEnrolled();
      requireHeldAreKnown(registry);
      assertThat(registry.claimed()).noneMatch(ledger.turnedAway()::contains);
      // Else it has shown nothing.
      assertThat(takenUp).isPositive();
      assertThat(registry.claimsSpent()).isPositive();
    }
    assertThat(ledger.startsCutOff()).isGreaterThanOrEqualTo(underLoad * 2 / 3);
    assertThat(ledger.received()).hasSizeGreaterThan(underLoad * 2);
  }

  private static void requireConsistent(Path data) throws Exception {
    try (CrashRegistry registry = new CrashRegistry(data)) {
      registry.requireConsistent();
    }
  }

  private void startClients(CrashFleets fleets) {
    for (int i = 0; i < CLIENTS; i++) {
      Thread client = new Thread(
          new CrashClient(fleets, ledger, new Random(SEED + 1 + i), stop), "crash-client-" + i);
      client.setDaemon(true);
      clients.add(client);
      client.start();
    }
  }

  private void awaitAnswer(CrashService service) throws Exception {
    int before = ledger.received().size();
    Awaitility.await("an answer after a kill")
        .atMost(Duration.ofSeconds(90))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          service.requireAlive();
          requireNoFault();
          return ledger.received().size() > before;
        });
  }

  /** Each has its last request answered; whatever a kill cut off has been repeated by then. */
  private void stopClients() throws InterruptedException {
    stop.countDown();
    for (Thread client : clients) {
      client.join(TimeUnit.SECONDS.toMillis(60));
      assertThat(client.isAlive())
          .as("%s never got its answer", client.getName())
          .isFalse();
    }
    requireNoFault();
  }

  private void requireNoFault() {
    assertThat(ledger.faults()).as("seed %d", SEED).isEmpty();
  }

  /** Those a kill cut off, once more: as long as the certificate lives the answer stays the same. */
  private void repeatRequests() throws Exception {
    Map<String, CrashLedger.Received> latest = new HashMap<>();
    ledger.received().forEach(r -> latest.put(r.request().device(), r));
    List<CrashLedger.Received> repeated = latest.values().stream()
        .filter(r -> r.request().kind() != CrashRequest.Kind.RENEW)
        .filter(r -> r.cutOff() > 0)
        .limit(50)
        .toList();
    for (CrashLedger.Received one : repeated) {
      assertThat(one.request().send(Duration.ofSeconds(30))).isEqualTo(one.certificate());
    }
  }

  private void requireHeldAreKnown(CrashRegistry registry) throws Exception {
    Map<String, byte[]> serials = new HashMap<>();
    for (CrashLedger.Received held : ledger.received()) {
      byte[] der = held.certificate().getEncoded();
      String serial = held.certificate().getSerialNumber().toString(16);
      byte[] other = serials.put(serial, der);
      assertThat(other).as("serial %s was given twice", serial).isIn(null, der);
      CrashRegistry.Signed signed = registry.signed(serial);
      assertThat(signed.state()).isIn("issued", "superseded");
      assertThat(signed.content()).isEqualTo(der);
      assertThat(signed.keySha256())
          .isEqualTo(Pem.fingerprint(held.request().keys().getPublic().getEncoded()));
    }
  }

  /** Answers to requests that were cut off once and repeated later than the serial was reserved. */
  private int takenUp(CrashRegistry registry) throws Exception {
    int takenUp = 0;
    for (CrashLedger.Received held : ledger.received()) {
      String serial = held.certificate().getSerialNumber().toString(16);
      if (held.cutOff() > 0 && registry.signed(serial).reserved().isBefore(held.asked())) {
        takenUp++;
      }
    }
    return takenUp;
  }

  private String report(int underLoad, int takenUp, CrashRegistry registry) throws Exception {
    return ("crash: seed %d, %d kills, %d of them under load, %d cut off %d requests; "
            + "%d certificates received, %d of them begun before a kill; "
            + "%d requests not waited for, %d claims spent, %d devices turned away")
        .formatted(
            SEED,
            KILLS,
            underLoad,
            ledger.startsCutOff(),
            ledger.requestsCutOff(),
            ledger.received().size(),
            takenUp,
            ledger.givenUp(),
            registry.claimsSpent(),
            ledger.turnedAway().size());
  }

  /** Each start takes up what the one before had made when it was killed. */
  @Test
  @Timeout(300)
  void aFirstStartMayBeKilledAtAnyFile() throws Exception {
    Path data = folder.resolve("data");
    try (CrashService service = new CrashService(data)) {
      for (String file : List.of(
          "registry.db",
          "passphrase",
          "ca/root.p12",
          "ca/issuing.p12",
          "operator.token",
          "service.pem")) {
        service.start();
        Awaitility.await(file)
            .atMost(Duration.ofSeconds(90))
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> {
              service.requireAlive();
              return Files.exists(data.resolve(file));
            });
        service.killAfter(random.nextInt(10));
      }
      service.start();
      service.awaitUp();
      CrashFleets.define(service, 1, 1);
    }
    try (Stream<Path> files = Files.walk(data);
        CrashRegistry registry = new CrashRegistry(data)) {
      assertThat(files.map(Path::toString).filter(name -> name.endsWith(".tmp")))
          .isEmpty();
      registry.requireConsistent();
    }
  }
}
