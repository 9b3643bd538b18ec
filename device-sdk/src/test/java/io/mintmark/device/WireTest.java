package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.TricklingServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireTest {

  /** Each read finds something in time. */
  @Test
  void aBrokerThatTricklesItsHandshakeIsGivenUp() throws Exception {
    try (TricklingServer broker = new TricklingServer();
        Wire wire = new Wire(1_000)) {
      Throwable failure = catchThrowable(() -> wire.open(
          "localhost",
          broker.port(),
          Credential.anonymousTlsContext(new TestPki().anchors()),
          Duration.ofMillis(400)));
      assertThat(failure).hasStackTraceContaining("SocketTimeoutException");
    }
  }
}
