package io.mintmark.simulators.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EngineNeedsTest {

  private static final String LIMITS = """
      Limit                     Soft Limit           Hard Limit           Units
      Max processes             95000                95000                processes
      Max open files            1024                 524288               files
      Max locked memory         8388608              8388608              bytes
      """;

  @Test
  void readsTheLimitThatHolds() {
    assertThat(EngineNeeds.limit(LIMITS)).hasValue(1024);
    assertThat(EngineNeeds.limit(LIMITS.replace("1024  ", "unlimited"))).isEmpty();
    assertThat(EngineNeeds.limit("something else")).isEmpty();
  }

  @Test
  void saysWhatIsNeededAndHow() {
    assertThat(EngineNeeds.missing(20_000, 0, 20_231))
        .hasValue("20000 devices need 20232 open files, and this process may have 20231:"
            + " run 'ulimit -n 20232' first");
    assertThat(EngineNeeds.missing(20_000, 0, 20_232)).isEmpty();
    assertThat(EngineNeeds.missing(500, 600, 1_024)).isPresent();
    assertThat(EngineNeeds.missing(1, 0)).isEmpty();
  }
}
