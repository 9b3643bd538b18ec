package io.mintmark.simulators.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTextTest {

  @Test
  void secretsStayOut() {
    assertThat(CommandLineText.of(
            "mintmark",
            List.of(
                "simulate",
                "connect",
                "--token",
                "s3cret",
                "--operator-token=s3cret",
                "--token-file",
                "/a/token",
                "--passphrase",
                "s3cret",
                "--operator-url",
                "https://admin:s3cret@host:9443/",
                "--expect",
                "connect.p99<500ms",
                "it's")))
        .isEqualTo(
            "mintmark simulate connect --token ... --operator-token=... --token-file /a/token"
                + " --passphrase ... --operator-url https://...@host:9443/"
                + " --expect 'connect.p99<500ms' 'it'\\''s'");
  }
}
