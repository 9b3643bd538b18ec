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
    String first = " first (as root, or with a higher nofile in /etc/security/limits.conf)";
    assertThat(EngineNeeds.missing(20_000, 0, false, 20_231))
        .hasValue("20000 devices need 20232 open files, and a process may have 20231 here:"
            + " run 'ulimit -n 20232'" + first);
    assertThat(EngineNeeds.missing(20_000, 0, false, 20_232)).isEmpty();
    assertThat(EngineNeeds.missing(20_000, 0, true, 21_399))
        .hasValue(
            "20000 devices need 21400 open files in the temporary installation's broker, and a"
                + " process may have 21399 here: run 'ulimit -n 21400'" + first);
    assertThat(EngineNeeds.missing(20_000, 0, true, 21_400)).isEmpty();
    assertThat(EngineNeeds.missing(500, 600, false, 1_024)).isPresent();
    assertThat(EngineNeeds.missing(1, 0, false)).isEmpty();
  }
}
