package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RenewalScheduleTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Property
  void theFirstAttemptIsAboutTwoThirdsIn(
      @ForAll long seed, @ForAll @LongRange(min = 10, max = 315_360_000) long seconds) {
    Validity validity = new Validity(START, START.plusSeconds(seconds));
    Instant at = schedule(seed).firstAttempt(validity, Optional.empty());
    double share = Duration.between(START, at).toMillis() / (seconds * 1000.0);
    assertThat(share).isBetween(0.61, 0.72);
  }

  @Property
  void aSuggestedWindowIsKept(@ForAll long seed, @ForAll @IntRange(min = 1, max = 2000) int hours) {
    Validity validity = new Validity(START, START.plus(Duration.ofDays(30)));
    RenewalWindow window =
        new RenewalWindow(START.plus(Duration.ofHours(2)), START.plus(Duration.ofHours(2 + hours)));
    Instant at = schedule(seed).firstAttempt(validity, Optional.of(window));
    assertThat(at).isBetween(window.start(), window.end()).isBeforeOrEqualTo(validity.notAfter());
  }

  @Test
  void aWindowAfterExpiryIsNoHelp() {
    Validity validity = new Validity(START, START.plusSeconds(3600));
    RenewalWindow window = new RenewalWindow(START.plusSeconds(7200), START.plusSeconds(9000));
    assertThat(schedule(1).firstAttempt(validity, Optional.of(window)))
        .isBefore(validity.notAfter());
  }

  @Test
  void aFleetSpreadsItsRenewals() {
    Validity validity = new Validity(START, START.plus(Duration.ofDays(7)));
    RenewalSchedule schedule = schedule(7);
    long distinctHours = java.util.stream.IntStream.range(0, 1000)
        .mapToObj(i -> schedule.firstAttempt(validity, Optional.empty()))
        .map(at -> Duration.between(START, at).toHours())
        .distinct()
        .count();
    assertThat(distinctHours).isGreaterThan(14); // a tenth of seven days is 16.8 hours
  }

  @Property
  void retriesStayBetweenOneSecondAndOneHour(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 100_000) int failures) {
    Validity validity = new Validity(START, START.plus(Duration.ofDays(365)));
    Instant next = schedule(seed).nextAttempt(validity, START, failures, Optional.empty());
    assertThat(Duration.between(START, next)).isBetween(Duration.ofSeconds(1), Duration.ofHours(1));
  }

  @Property
  void retriesComeMoreOftenAsExpiryNears(@ForAll long seed) {
    Validity validity = new Validity(START, START.plusSeconds(3600));
    Instant now = START.plusSeconds(3600 - 60);
    Instant next = schedule(seed).nextAttempt(validity, now, 50, Optional.empty());
    assertThat(next).isBeforeOrEqualTo(now.plusSeconds(30));
  }

  @Test
  void retryAfterIsHonouredUnlessItComesTooLate() {
    Validity validity = new Validity(START, START.plusSeconds(3600));
    Instant asked =
        schedule(1).nextAttempt(validity, START, 1, Optional.of(Duration.ofMinutes(10)));
    assertThat(asked).isBetween(START.plusSeconds(600), START.plusSeconds(631));
    Instant tooLate =
        schedule(1).nextAttempt(validity, START, 1, Optional.of(Duration.ofHours(10)));
    assertThat(tooLate).isBefore(validity.notAfter());
  }

  @Test
  void afterExpiryRetriesGoOn() {
    Validity validity = new Validity(START, START.plusSeconds(60));
    Instant now = START.plusSeconds(600);
    assertThat(schedule(1).nextAttempt(validity, now, 3, Optional.empty())).isAfter(now);
    assertThat(schedule(1).nextAttempt(validity, now, 3, Optional.of(Duration.ofSeconds(20))))
        .isAfterOrEqualTo(now.plusSeconds(20));
  }

  private static RenewalSchedule schedule(long seed) {
    return new RenewalSchedule(new Random(seed));
  }
}
