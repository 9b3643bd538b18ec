package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

  @TempDir
  Path folder;

  /** What an installation does with the first fleet; nothing else is ever asked of it here. */
  private interface Applying {
    void fleet(Path yaml) throws IOException;
  }

  private record Halted(Applying applying) implements Installation {
    @Override
    public URI service() {
      return URI.create("https://localhost:1");
    }

    @Override
    public String brokerHost() {
      return "localhost";
    }

    @Override
    public int brokerPort() {
      return 1;
    }

    @Override
    public List<X509Certificate> trust() {
      return List.of();
    }

    @Override
    public TrustDomain trustDomain() {
      return new TrustDomain("test.example");
    }

    @Override
    public void applyFleet(Path yaml) throws IOException {
      applying.fleet(yaml);
    }

    @Override
    public void importManifest(FleetId fleet, Path csv) {
      throw new AssertionError("not reached");
    }

    @Override
    public void revoke(DeviceId device) {
      throw new AssertionError("not reached");
    }

    @Override
    public Credential application(String name, TopicGrants grants) {
      throw new AssertionError("not reached");
    }

    @Override
    public void stopService() {
      throw new AssertionError("not reached");
    }

    @Override
    public void startService() {
      throw new AssertionError("not reached");
    }
  }

  private Demo demo(Applying applying) {
    return new Demo(
        new Halted(applying), DemoOptions.of(2, folder.resolve("demo")), Progress.none());
  }

  @Test
  void aSceneThatCannotBeSetFailsEveryClaimAndSaysWhy() {
    DemoReport report = demo(yaml -> {
          throw new IOException("fleet sensors: unknown key 'lifetme'");
        })
        .run();

    assertThat(report.passed()).isFalse();
    assertThat(report.claims()).hasSize(DemoRow.values().length).allSatisfy(claim -> {
      assertThat(claim.passed()).isFalse();
      assertThat(claim.figure()).isEqualTo("not run");
      assertThat(claim.detail()).contains("unknown key 'lifetme'");
    });
  }

  @Test
  void theFleetFileOfTheDemoHasItsLifetimeAndNoBackdating() {
    CompletableFuture<String> seen = new CompletableFuture<>();
    demo(yaml -> {
          seen.complete(Files.readString(yaml));
          throw new IOException("enough");
        })
        .run();

    // Backdated, a certificate of seconds would be past two thirds of its time when it is issued.
    assertThat(seen.join()).contains("fleet: sensors", "lifetime: 41s", "backdate: 0s");
  }

  @Test
  void closedWhileItRunsItStopsAndStillReports() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    Demo demo = demo(yaml -> {
      reached.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    });
    CompletableFuture<DemoReport> report = CompletableFuture.supplyAsync(demo::run);
    assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

    demo.close();

    assertThat(report.get(20, TimeUnit.SECONDS).claims())
        .hasSize(DemoRow.values().length)
        .noneMatch(Claim::passed);
  }

  @Test
  void closedBeforeItRunsItDoesNotRun() {
    Demo demo = demo(yaml -> {
      throw new AssertionError("not reached");
    });
    demo.close();

    assertThat(demo.run().claims()).allMatch(claim -> claim.detail().equals("stopped"));
  }

  @Test
  void refusesAFolderThatIsInUse() throws Exception {
    Files.createDirectories(folder.resolve("demo/devices"));

    assertThat(demo(yaml -> {}).run().claims())
        .allMatch(claim -> claim.detail().contains("is not empty"));
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    for (int devices : new int[] {0, -1, 10_001}) {
      assertThatThrownBy(() -> DemoOptions.of(devices, folder))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(devices + " devices is not possible");
    }
    assertThatThrownBy(
            () -> new DemoOptions(1, folder, 0, Duration.ofSeconds(1), Duration.ofDays(1)))
        .hasMessageContaining("0.0 messages a second");
    assertThatThrownBy(() -> new DemoOptions(1, folder, 1, Duration.ZERO, Duration.ofDays(1)))
        .hasMessageContaining("PT0S");
    assertThatThrownBy(
            () -> new DemoOptions(1, folder, 1, Duration.ofSeconds(1), Duration.ofSeconds(9)))
        .hasMessageContaining("too short");
  }
}
