package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What time a device believes it is. */
class DeviceClockTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant NEVER_SET = Instant.parse("1970-01-01T00:01:00Z");

  @TempDir
  Path folder;

  private Instant system = NOW;
  private long nanos = 7;

  private DeviceClock clock() {
    return new DeviceClock(new SettableClock(() -> system), () -> nanos, new DeviceFolder(folder));
  }

  /** Time passes, and the system's clock runs. */
  private void pass(Duration time) {
    nanos += time.toNanos();
    system = system.plus(time);
  }

  @Test
  void isTheSystemsWhileNothingSpeaksAgainstIt() {
    DeviceClock clock = clock();
    assertThat(clock.instant()).isEqualTo(NOW);
    Instant said = NOW.plusSeconds(90);
    assertThat(clock.agrees(said, NOW)).isTrue();
    clock.confirm(said);
    assertThat(clock.instant()).as("a difference of 90 s is none").isEqualTo(NOW);
    system = NOW.plus(Duration.ofDays(1));
    assertThat(clock.instant()).isEqualTo(system);
  }

  @Test
  void anAnswerMayTakeItsTime() {
    DeviceClock clock = clock();
    assertThat(clock.agrees(NOW.minus(Duration.ofMinutes(9)), NOW.minus(Duration.ofMinutes(10))))
        .isTrue();
    assertThat(clock.agrees(NOW.minus(Duration.ofMinutes(3)), NOW)).isFalse();
    assertThat(clock.agrees(NOW.plus(Duration.ofMinutes(3)), NOW)).isFalse();
    // The system's clock was set while the question was under way.
    assertThat(clock.agrees(NOW, NEVER_SET)).isTrue();
  }

  @Test
  void goesByTheTimeThatPassedOnceItWasCorrected() {
    system = NEVER_SET;
    DeviceClock clock = clock();
    assertThat(clock.correct(NOW)).contains(Duration.between(NOW, NEVER_SET));
    pass(Duration.ofHours(1));
    assertThat(clock.instant()).isEqualTo(NOW.plus(Duration.ofHours(1)));

    // NTP comes up: what is believed stays, and is the system's again once the service agrees.
    system = NOW.plus(Duration.ofHours(1)).plusSeconds(5);
    assertThat(clock.instant()).isEqualTo(NOW.plus(Duration.ofHours(1)));
    clock.confirm(NOW.plus(Duration.ofHours(1)).plusSeconds(4));
    assertThat(clock.instant()).isEqualTo(system);

    // And a system's clock that is set wrong after that is found out by the next answer.
    system = NOW.plus(Duration.ofDays(5_000));
    assertThat(clock.isFresh()).isFalse();
    assertThat(clock.agrees(NOW.plus(Duration.ofHours(1)), system)).isFalse();
  }

  @Test
  void isNeverEarlierThanItWas() {
    DeviceClock clock = clock();
    clock.confirm(NOW);
    pass(Duration.ofHours(5));
    system = NEVER_SET;
    assertThat(clock.isGuess()).isTrue();
    assertThat(clock.instant())
        .isEqualTo(NOW.plus(Duration.ofHours(5)).minus(DeviceClock.TOLERANCE));
    assertThat(clock.correct(NOW.plus(Duration.ofHours(4)))).isEmpty();
    assertThat(clock.correct(NOW.plus(Duration.ofHours(6)))).isPresent();
    assertThat(clock.isGuess()).isFalse();
  }

  @Test
  void remembersOverARestartWhatTimeItWasAtLeast() {
    DeviceClock before = clock();
    before.confirm(NOW);
    pass(Duration.ofMinutes(20));
    before.confirm(system);
    assertThat(folder.resolve("time")).hasContent("2026-11-21T11:58:00Z");
    pass(Duration.ofHours(1));
    before.confirm(system);
    assertThat(folder.resolve("time")).hasContent("2026-11-21T13:18:00Z");

    system = NEVER_SET;
    DeviceClock after = clock();
    assertThat(after.isGuess()).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(after.instant()).isEqualTo(Instant.parse("2026-11-21T13:19:00Z"));
    assertThat(after.correct(NOW)).isEmpty();
  }

  @Test
  void whatIsRememberedMayBeGarbageOrNotBeStored() throws Exception {
    Files.writeString(folder.resolve("time"), "a torn fi");
    assertThat(clock().instant()).isEqualTo(NOW);
    Files.delete(folder.resolve("time"));
    Files.createDirectories(folder.resolve("time").resolve("in the way"));
    DeviceClock clock = clock();
    clock.confirm(NOW);
    system = NEVER_SET;
    assertThat(clock.instant()).isEqualTo(NOW.minus(DeviceClock.TOLERANCE));
  }

  @Test
  void certificatesSayWhatTimeItIsAtLeast() {
    system = NEVER_SET;
    DeviceClock clock = clock();
    assertThat(clock.isGuess()).isFalse();
    clock.atLeast(NOW);
    clock.atLeast(NOW.minus(Duration.ofDays(30)));
    assertThat(clock.isGuess()).isTrue();
    assertThat(clock.instant()).isEqualTo(NOW);
  }

  @Test
  void aServiceThatWasAheadByMistakeDoesNotBindForLater() {
    DeviceClock clock = clock();
    assertThat(clock.correct(NOW.plus(Duration.ofDays(60)))).isPresent();
    assertThat(clock.instant()).isEqualTo(NOW.plus(Duration.ofDays(60)));
    assertThat(folder.resolve("time")).doesNotExist();
    assertThat(clock.agrees(NOW, clock.instant())).isFalse();
    assertThat(clock.correct(NOW)).isPresent();
    assertThat(clock.instant()).isEqualTo(NOW);
    // But one that does not know better has to go by it.
    system = NEVER_SET;
    DeviceClock lost = clock();
    lost.atLeast(NOW.minus(Duration.ofDays(1)));
    assertThat(lost.correct(NOW)).isPresent();
    assertThat(folder.resolve("time")).hasContent("2026-11-21T11:58:00Z");
  }

  @Test
  void theServicesWordIsGoodForAnHour() {
    DeviceClock clock = clock();
    assertThat(clock.isFresh()).isFalse();
    clock.confirm(NOW);
    pass(Duration.ofMinutes(59));
    assertThat(clock.isFresh()).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(clock.isFresh()).isFalse();
  }
}
