package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.simulators.fleet.DeviceState;
import io.mintmark.simulators.fleet.Engines;
import io.mintmark.simulators.fleet.FleetEngine;
import io.mintmark.simulators.fleet.FleetPlan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both engines through a device's life, at a real broker. */
class EnginesIT {

  private static final int DEVICES = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final byte[] PAYLOAD = "x".getBytes(StandardCharsets.UTF_8);

  @TempDir
  static Path folder;

  private static TestInstallation installation;

  @BeforeAll
  static void start() throws Exception {
    installation = new TestInstallation(folder.resolve("installation"), true);
  }

  @AfterAll
  static void stop() {
    installation.close();
  }

  /** What the engine told. */
  private static final class Heard implements FleetEngine.Listener {
    final Set<Integer> lost = ConcurrentHashMap.newKeySet();
    final Set<Integer> returned = ConcurrentHashMap.newKeySet();
    final Set<Integer> commanded = ConcurrentHashMap.newKeySet();

    @Override
    public void lost(int device, String reason) {
      lost.add(device);
    }

    @Override
    public void returned(int device, Duration away) {
      returned.add(device);
    }

    @Override
    public void message(int device, String topic, byte[] payload) {
      if (topic.contains("-%05d/".formatted(device + 1))) {
        commanded.add(device);
      }
    }
  }

  private static <T> List<T> all(IntFunction<CompletableFuture<T>> deed) throws Exception {
    List<CompletableFuture<T>> asked =
        IntStream.range(0, DEVICES).mapToObj(deed).toList();
    CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return asked.stream().map(CompletableFuture::join).toList();
  }

  private static void awaitStates(FleetEngine engine, Map<DeviceState, Integer> states) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(engine.states()).isEqualTo(states));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sdk", "swarm"})
  void playsADevicesLife(String name) throws Exception {
    FleetId fleet = new FleetId(name);
    FleetPlan plan = new FleetPlan(fleet, DEVICES, Duration.ofHours(1), folder.resolve(name));
    Heard heard = new Heard();
    try (FleetEngine engine = Engines.open(name, installation, plan, Progress.none());
        ApplicationClient application = application(name)) {
      assertThat(engine.name()).isEqualTo(name);
      assertThat(engine.size()).isEqualTo(DEVICES);
      assertThat(engine.states()).isEqualTo(Map.of(DeviceState.NEW, DEVICES));
      engine.listener(heard);

      all(engine::enrol);
      assertThat(engine.states()).isEqualTo(Map.of(DeviceState.ENROLLED, DEVICES));
      all(engine::connect);
      assertThat(engine.states()).isEqualTo(Map.of(DeviceState.CONNECTED, DEVICES));

      speak(engine, fleet, heard, application);
      renew(engine);
      // On the new connections, and in the same sessions.
      speak(engine, fleet, heard, application);

      IntStream.range(0, DEVICES)
          .forEach(i -> installation.cut(engine.identity(i).device()));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(heard.returned).hasSize(DEVICES));
      assertThat(heard.lost).hasSize(DEVICES);
      awaitStates(engine, Map.of(DeviceState.CONNECTED, DEVICES));

      installation.revoke(engine.identity(0).device());
      awaitStates(engine, Map.of(DeviceState.CONNECTED, DEVICES - 1, DeviceState.REFUSED, 1));
      CompletableFuture<Duration> refused = engine.renew(0);
      assertThatThrownBy(() -> refused.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isNotNull();
    }
    againFromItsState(name, plan);
  }

  private static ApplicationClient application(String name) throws Exception {
    return ApplicationClient.connect(
        installation.brokerHost(),
        installation.brokerPort(),
        installation.trust(),
        installation.application(
            "app-" + name,
            new TopicGrants(
                List.of("commands/" + name + "/#"), List.of("telemetry/" + name + "/#"))),
        Clock.systemUTC());
  }

  private static void speak(
      FleetEngine engine, FleetId fleet, Heard heard, ApplicationClient application)
      throws Exception {
    heard.commanded.clear();
    Set<String> arrived = ConcurrentHashMap.newKeySet();
    MessageHandler handler = (topic, payload) -> arrived.add(topic);
    application.onMessage(handler);
    application.subscribe("telemetry/" + fleet + "/#");
    all(i -> engine.subscribe(i, Topics.commands(engine.identity(i), "#"), 1));
    all(i -> engine.publish(i, Topics.telemetry(engine.identity(i), "t"), PAYLOAD, 1));
    all(i -> engine.publish(i, Topics.telemetry(engine.identity(i), "0"), PAYLOAD, 0));
    for (int i = 0; i < DEVICES; i++) {
      application.publish(Topics.commands(engine.identity(i), "c"), PAYLOAD);
    }
    await().atMost(PATIENCE).untilAsserted(() -> {
      assertThat(arrived).filteredOn(topic -> topic.endsWith("/t")).hasSize(DEVICES);
      assertThat(heard.commanded).hasSize(DEVICES);
    });
    application.forget(handler);
  }

  private static void renew(FleetEngine engine) throws Exception {
    List<X509Certificate> before = certificates(engine);
    List<Duration> gaps = all(engine::renew);
    assertThat(gaps).allMatch(gap -> gap.compareTo(PATIENCE) < 0).anyMatch(gap -> !gap.isZero());
    assertThat(certificates(engine)).hasSize(DEVICES).doesNotContainAnyElementsOf(before);
    awaitStates(engine, Map.of(DeviceState.CONNECTED, DEVICES));
  }

  private static List<X509Certificate> certificates(FleetEngine engine) {
    return IntStream.range(0, engine.size())
        .mapToObj(i -> engine.certificate(i).orElseThrow())
        .toList();
  }

  /** Without a service, so nobody enrols again. */
  private static void againFromItsState(String name, FleetPlan plan) throws Exception {
    installation.stopService();
    try (FleetEngine engine = Engines.open(name, installation, plan, Progress.none())) {
      assertThat(engine.states()).isEqualTo(Map.of(DeviceState.ENROLLED, DEVICES));
      assertThatThrownBy(() -> engine.connect(0).get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isNotNull();
      engine.connect(1).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      engine.disconnect(1).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      awaitStates(engine, Map.of(DeviceState.ENROLLED, DEVICES - 1, DeviceState.REFUSED, 1));
      engine.connect(1).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(engine.states()).containsEntry(DeviceState.CONNECTED, 1);
    } finally {
      installation.startService();
    }
  }
}
