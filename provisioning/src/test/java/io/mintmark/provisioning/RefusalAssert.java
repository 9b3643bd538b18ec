package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Says what a refusal must look like. */
final class RefusalAssert {

  private RefusalAssert() {}

  /** The call is refused in this way, with one printable line that holds the text. */
  static Refusal assertRefused(Refusal.Kind kind, String text, ThrowingCallable call) {
    Refusal refusal = Assertions.catchThrowableOfType(Refusal.class, call);
    assertThat(refusal).as("refused").isNotNull();
    assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(kind);
    assertThat(refusal).hasMessageContaining(text);
    assertThat(refusal.getMessage()).matches("[\\x20-\\x7e]+");
    return refusal;
  }
}
