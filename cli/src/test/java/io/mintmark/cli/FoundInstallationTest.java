package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoundInstallationTest {

  /** What a service elsewhere says of its process is not looked up here. */
  @ParameterizedTest
  @CsvSource({
    "localhost,         true",
    "127.0.0.1,         true",
    "[::1],             true",
    "192.0.2.1,         false",
    "[2001:db8::1],     false",
    "elsewhere.invalid, false"
  })
  void knowsWhatIsThisMachine(String host, boolean here) {
    assertThat(FoundInstallation.isHere(host)).isEqualTo(here);
  }
}
