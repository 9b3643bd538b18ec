package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenewalIdTest {

  /** RFC 9773, section 4.1. */
  private static final RenewalId EXAMPLE =
      new RenewalId("69885b6b87464041e1b37b847ba0ae2cde01c8d4", new BigInteger("87654321", 16));

  @Test
  void isWrittenAsInTheExample() {
    assertThat(EXAMPLE).hasToString("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
    assertThat(RenewalId.parse("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE")).isEqualTo(EXAMPLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "aYhb",
        "aYhb.",
        ".AIdl",
        "aYhb.AIdl.AIdl",
        "aYhb=.AIdl",
        "aY+b.AIdl",
        "aYhb.AA", // zero
        "aYhb.hw", // negative
        "aYhb.AAAB", // not the shortest
        "aYhb.AR", // bits that say nothing
      })
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> RenewalId.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names no certificate");
  }

  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> RenewalId.parse("A".repeat(100_000) + ".AQ"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void needsTheIssuersKeyIdentifier() {
    HeldCertificate without = HeldCertificate.builder().build();

    assertThatThrownBy(() -> RenewalId.of(without.certificate()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no authorityKeyIdentifier");
  }
}
