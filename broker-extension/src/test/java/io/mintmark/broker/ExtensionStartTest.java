package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.KeyId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TopicGrants;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The extension's start and stop, with a fault at each place of them; the service is away. */
class ExtensionStartTest {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();
  private FakeHiveMq hiveMq;
  private TlsListener listener;
  private ExtensionSettings settings;

  @BeforeEach
  void prepare() throws Exception {
    hiveMq = new FakeHiveMq();
    listener = new TlsListener(folder);
    settings =
        new ExtensionSettings(folder, URI.create("https://localhost:1"), Duration.ofHours(1));
    new CredentialStore(folder.resolve("credential.pem")).save(pki.broker("b1").credential());
    AtomicFile.write(folder.resolve("trust.pem"), Pem.encode(pki.anchors()));
    new SnapshotFile(settings.snapshot()).save(snapshot());
  }

  private static FeedSnapshot snapshot(FeedEntry... more) {
    FleetPolicy sensors = new FleetPolicy("sensors", "${device}", TopicGrants.NONE, false);
    List<FeedEntry> entries = new ArrayList<>(List.of(more));
    entries.add(0, new FeedEntry(1, sensors, null, null, null));
    return FeedSnapshot.NONE.with(
        new FeedPage("feed-1", TestPki.TRUST_DOMAIN, entries.size(), entries), Instant.now());
  }

  @AfterEach
  void clean() throws Exception {
    hiveMq.close();
  }

  private FakeConnect device() {
    return new FakeConnect("d1", pki.device("sensors", "d1").chain());
  }

  private MintmarkExtension start(ListenerGate gate) {
    MintmarkExtension extension = new MintmarkExtension(settings, gate, Clock.systemUTC());
    hiveMq.start(extension, folder);
    return extension;
  }

  @Test
  void itStartsAdmitsAndStops() {
    MintmarkExtension extension = start(listener);
    assertThat(hiveMq.prevented).isNull();
    assertThat(listener.keyStore()).exists();
    FakeConnect device = device();
    assertThat(hiveMq.decide(device)).isEqualTo("admitted");
    device.permissions.setDefaultBehaviour(DefaultAuthorizationBehaviour.ALLOW);

    try (LogLines log = new LogLines()) {
      extension.extensionStop(null, null);
      assertThat(hiveMq.decide(device())).isEqualTo("SERVER_UNAVAILABLE");
      assertThat(log.lines()).anyMatch(l -> l.startsWith("INFO refused reason=not-running "));
    }
    assertThat(device.permissions.getDefaultBehaviour())
        .as("it may do nothing any more")
        .isEqualTo(DefaultAuthorizationBehaviour.DENY);
    assertThat(hiveMq.calls).contains("disconnectClient");
    nothingRuns();
  }

  @Test
  void whereverItsStartFailsNobodyIsAdmitted() {
    List<Supplier<Throwable>> faults = List.of(
        () -> new IllegalStateException("broken on purpose"),
        () -> new NoClassDefFoundError("broken on purpose"),
        () -> new StackOverflowError("broken on purpose"),
        () -> new OutOfMemoryError("broken on purpose"));
    int call = 1;
    while (failsWhenItCalls(call, faults.get(call % faults.size()))) {
      call++;
    }
    assertThat(call).as("calls to HiveMQ, each of which failed").isGreaterThan(4);
  }

  private boolean failsWhenItCalls(int call, Supplier<Throwable> fault) {
    hiveMq.failAt(call, fault);
    try (LogLines log = new LogLines()) {
      MintmarkExtension extension = start(listener);
      if (hiveMq.calls.size() < call) {
        extension.extensionStop(null, null);
        return false;
      }
      nobodyGetsIn(log, "broken on purpose");
      return true;
    }
  }

  private void nobodyGetsIn(LogLines log, String why) {
    assertThat(hiveMq.prevented).contains(why);
    assertThat(log.lines())
        .anyMatch(l -> l.startsWith("ERROR NOBODY CAN CONNECT") && l.contains(why));
    assertThat(listener.keyStore()).as("without its key no port opens").doesNotExist();
    if (hiveMq.authenticators != null) {
      assertThat(hiveMq.decide(device())).isEqualTo("SERVER_UNAVAILABLE");
    }
    nothingRuns();
  }

  @Test
  void withoutARootThatIsTrustedNobodyIsAdmitted() throws Exception {
    Bundle withdrawn = new Bundle(
        Pem.encode(pki.anchors()),
        null,
        List.of(),
        List.of(KeyId.of(pki.root.keys().getPublic())));
    new SnapshotFile(settings.snapshot())
        .save(snapshot(new FeedEntry(2, null, null, null, withdrawn)).withOffered());
    try (LogLines log = new LogLines()) {
      MintmarkExtension extension = start(listener);
      assertThat(hiveMq.prevented).isNull();
      assertThat(hiveMq.decide(device())).isEqualTo("NOT_AUTHORIZED");
      assertThat(log.lines())
          .anyMatch(l ->
              l.startsWith("INFO refused reason=untrusted ") && l.contains("nobody is trusted"));
      extension.extensionStop(null, null);
    }
  }

  @Test
  void aListenerThatCannotBeOpenedRefusesTheStart() {
    try (LogLines log = new LogLines()) {
      start(new PassingGate(listener) {
        @Override
        public void open(Credential credential, Collection<X509Certificate> anchors)
            throws IOException {
          super.open(credential, anchors);
          throw new IOException("disk full");
        }
      });
      nobodyGetsIn(log, "disk full");
    }
  }

  private static void nothingRuns() {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(t -> t.getName().equals("mintmark-feed")
                || t.getName().equals("mintmark-own-certificate")));
  }
}
