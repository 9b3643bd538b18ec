package io.mintmark.provisioning.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.RevocationReason;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every CRLReason of RFC 5280, section 5.3.1. */
class ReasonsTest {

  @Test
  void nothingIsUnspecified() throws Exception {
    assertThat(Reasons.OF_END_ENTITIES.of(null)).isEqualTo(RevocationReason.UNSPECIFIED);
  }

  @Test
  void eachFitsOrIsRefusedWithItsOwnWords() {
    assertThat(Arrays.stream(RevocationReason.values()).map(RevocationReason::code))
        .as("7 is not used")
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 8, 9, 10);
    assertThat(fitting(Reasons.OF_END_ENTITIES))
        .containsExactly(
            "unspecified",
            "keyCompromise",
            "affiliationChanged",
            "superseded",
            "cessationOfOperation",
            "privilegeWithdrawn");
    assertThat(fitting(Reasons.OF_THOSE_BELOW_A_CA))
        .hasSize(7)
        .containsAll(fitting(Reasons.OF_END_ENTITIES))
        .contains("cACompromise");
  }

  private static List<String> fitting(Reasons reasons) {
    return Arrays.stream(RevocationReason.values())
        .map(RevocationReason::word)
        .filter(word -> {
          try {
            return reasons.of(word) != null;
          } catch (Refusal e) {
            return false;
          }
        })
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "certificateHold|'certificateHold' is not for good: suspend the device or its fleet",
        "removeFromCRL|'removeFromCRL' is for delta CRLs alone",
        "aACompromise|'aACompromise' is for attribute certificates alone",
        "cACompromise|'cACompromise' is for what is below a CA",
        "keycompromise|'keycompromise' is not known: did you mean 'keyCompromise'? use one of [",
        "key-compromise|did you mean 'keyCompromise'?",
        "superseeded|did you mean 'superseded'?",
        "stolen|'stolen' is not known: use one of [unspecified, keyCompromise,",
      })
  void othersAreRefused(String word, String why) {
    assertThatThrownBy(() -> Reasons.OF_END_ENTITIES.of(word))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.kind()).isEqualTo(Refusal.Kind.INVALID))
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
