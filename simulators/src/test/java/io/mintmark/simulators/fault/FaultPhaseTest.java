package io.mintmark.simulators.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.FleetId;
import io.mintmark.simulators.Progress;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.fleet.FleetPlan;
import io.mintmark.simulators.results.Recorder;
import io.mintmark.simulators.scenario.Phase;
import io.mintmark.simulators.scenario.Play;
import io.mintmark.simulators.scenario.Settings;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultPhaseTest {

  private final FakeTarget target = new FakeTarget();
  private final FakeFleet fleet = new FakeFleet();
  private final List<String> marks = new CopyOnWriteArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /** Of settings as {@code kind=reset on=service}. */
  private static Phase phase(String text) {
    Map<String, Settings.Value> values = new LinkedHashMap<>();
    for (String pair : text.split(" ", -1)) {
      String[] parts = pair.split("=", 2);
      values.put(parts[0], new Settings.Value(parts[1], "line 3"));
    }
    return FaultPhase.VERB.reading().apply(new Settings("fault", values));
  }

  private Play play(Target where) {
    return new Play(
        where, fleet, new Marks(), Progress.none(), Path.of("."), 1, List.of(), null, over::get);
  }

  /** Plays in a thread of its own. */
  private Thread playing(Phase phase, Target where) {
    Thread thread = new Thread(() -> {
      try {
        phase.play(play(where));
      } catch (Exception e) {
        failure.set(e);
      }
    });
    thread.start();
    return thread;
  }

  @ParameterizedTest
  @CsvSource({
    "stop-service, stop service, start service",
    "kill-service, kill service, start service",
    "stop-broker, stop broker, start broker",
    "kill-broker, kill broker, start broker"
  })
  void endsAProcessAndBringsItBack(String kind, String ended, String started) throws Exception {
    Phase phase = phase("kind=" + kind + " duration=1s");
    phase.check(target);
    assertThat(phase.endsByItself()).isTrue();
    phase.play(play(target));
    assertThat(target.done).containsExactly(ended, started);
    assertThat(marks).containsExactly("fault begins: " + kind, "fault ends: " + kind);
  }

  @Test
  void bringsItBackWhenTheRunIsStopped() throws Exception {
    Thread playing = playing(phase("kind=kill-broker"), target);
    await().until(() -> target.done.contains("kill broker"));
    playing.interrupt();
    playing.join();
    assertThat(failure.get()).isInstanceOf(InterruptedException.class);
    assertThat(target.done).containsExactly("kill broker", "start broker");
    assertThat(marks).hasSize(2);
  }

  @Test
  void bringsItBackWhenItDidNotEnd() {
    target.cannotEnd = true;
    assertThatThrownBy(() -> phase("kind=stop-broker").play(play(target)))
        .isInstanceOf(IOException.class)
        .hasMessage("broker does not end");
    assertThat(target.done).containsExactly("stop broker", "start broker");
  }

  @Test
  void goesOnForAsLongAsTheOthersOfItsStep() throws Exception {
    Phase phase = phase("kind=kill-broker");
    assertThat(phase.endsByItself()).isFalse();
    Thread playing = playing(phase, target);
    await().until(() -> target.done.contains("kill broker"));
    assertThat(playing.isAlive()).isTrue();
    over.set(true);
    playing.join();
    assertThat(target.done).containsExactly("kill broker", "start broker");
  }

  @ParameterizedTest
  @CsvSource({
    "kind=latency latency=1h jitter=1s, 'latency 1h jitter 1s on the broker'",
    "kind=lose-answers, lose-answers on the broker",
    "kind=half-open, half-open on the broker",
    "kind=bandwidth bandwidth=1, bandwidth 1 on the broker",
    "kind=refuse share=100%, 'refuse on the broker, share 100%'",
    "kind=reset duration=1h, reset on the broker"
  })
  void letsTheNetworkGoBadUntilItIsOver(String settings, String description) throws Exception {
    Phase phase = phase(settings);
    try (EchoServer server = new EchoServer()) {
      target.port = server.address().getPort();
      try (ProxiedTarget proxied = ProxiedTarget.before(target, List.of(phase))) {
        phase.check(proxied);
        assertThat(works(proxied.devices(), 20_000)).isTrue();
        Thread playing = playing(phase, proxied);
        await().until(() -> marks.size() == 1);
        await().until(() -> !works(proxied.devices(), 200));
        playing.interrupt();
        playing.join();
        assertThat(works(proxied.devices(), 20_000)).isTrue();
      }
    }
    assertThat(marks).containsExactly("fault begins: " + description, "fault ends: " + description);
  }

  private static boolean works(Site target, int millis) throws IOException {
    try (Socket socket = new Socket(target.brokerHost(), target.brokerPort())) {
      socket.setSoTimeout(millis);
      socket.getOutputStream().write("works".getBytes(UTF_8));
      return socket.getInputStream().readNBytes(5).length == 5;
    } catch (SocketException | SocketTimeoutException e) {
      return false;
    }
  }

  @Test
  void resetsOnceUnlessItIsToldForHowLong() throws Exception {
    Phase phase = phase("kind=reset");
    assertThat(phase.endsByItself()).isTrue();
    try (EchoServer server = new EchoServer()) {
      target.port = server.address().getPort();
      try (ProxiedTarget proxied = ProxiedTarget.before(target, List.of(phase));
          Socket socket = new Socket("localhost", proxied.devices().brokerPort())) {
        socket.setSoTimeout(20_000);
        await().until(() -> server.accepted() == 1);
        phase.play(play(proxied));
        assertThatThrownBy(() -> socket.getInputStream().read())
            .isInstanceOf(SocketException.class);
        assertThat(works(proxied.devices(), 20_000)).isTrue();
      }
    }
  }

  @Test
  void putsClocksWrongUntilItIsOver() throws Exception {
    Thread playing = playing(phase("kind=clock-skew by=1970"), target);
    await().until(() -> fleet.clocks.of(1).instant().toEpochMilli() < 1_000_000);
    over.set(true);
    playing.join();
    assertThat(fleet.clocks.of(1).millis()).isGreaterThan(1_000_000);
    assertThat(marks).contains("fault ends: clock-skew by 1970");
  }

  @Test
  void refusesWhatCannotBePlayedThere() {
    target.ours = false;
    assertThatThrownBy(() -> phase("kind=kill-broker").check(target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("fault kill-broker: the broker of a fake is not ours to end");
    assertThatThrownBy(() -> phase("kind=reset").play(play(target)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fault reset needs a proxy before the broker, and none is");
    FleetPlan plan = new FleetPlan(new FleetId("f"), 1, Duration.ofHours(1), Path.of("."));
    phase("kind=clock-skew by=1970").check(plan, "sdk");
    assertThatThrownBy(() -> phase("kind=clock-skew by=1970").check(plan, "swarm"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use engine sdk");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "on=broker | 'kind' of fault: say what goes wrong: one of latency, lose-answers,",
        "kind=half-opened | line 3: 'kind' of fault: 'half-opened' is no kind of fault: use latency,",
        "kind=half-opened | (did you mean 'half-open'?)",
        "kind=reset on=brocker | line 3: 'on' of fault: cannot be 'brocker': use service, broker",
        "kind=latency | 'latency' of fault: is missing: say how much later",
        "kind=latency latency=2 | '2' is not a duration: use a number and ms, s, m, h or d",
        "kind=bandwidth | 'bandwidth' of fault: is missing: say how many bytes",
        "kind=bandwidth bandwidth=0 | '0' is no number of bytes a second: use 500, 16k or 1M",
        "kind=clock-skew | 'by' of fault: is missing: say how wrong clocks are",
        "kind=clock-skew by=soon | 'soon' is no wrong time",
        "kind=reset share=0 | '0' is no share: use a number above 0 and at most 1, or 30%",
        "kind=reset share=130% | '130%' is no share",
        "kind=reset latency=1s | line 3: 'latency' of fault: says nothing about reset: leave it out",
        "kind=kill-broker on=broker | 'on' of fault: says nothing about kill-broker"
      })
  void refusesSettingsInOneLine(String settings, String words) {
    assertThatThrownBy(() -> phase(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words.strip())
        .hasMessageNotContaining("\n");
  }

  private final class Marks implements Recorder {
    @Override
    public void done(String operation, long dueNanos, long endNanos) {}

    @Override
    public void failed(String operation, String reason) {}

    @Override
    public void count(String counter, long more) {}

    @Override
    public void mark(String text) {
      marks.add(text);
    }
  }
}
