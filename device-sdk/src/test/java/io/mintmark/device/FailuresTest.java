package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.EstException;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.EstRetryLaterException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Received fatal alert: bad_certificate",
        "(certificate_unknown) Received fatal alert: certificate_unknown"
      })
  void anAlertAboutOurCertificateIsARefusal(String message) {
    assertThat(Failures.of("no", new SSLHandshakeException(message)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("does not accept this device's certificate");
    assertThat(Failures.of("no", new EstException("est", new SSLHandshakeException(message))))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void otherAlertsAreNot() {
    assertThat(Failures.of("no", new SSLHandshakeException("Received fatal alert: internal_error")))
        .isInstanceOf(RetryLaterException.class);
  }

  @Test
  void aCertificateWeDoNotTrustIsARefusal() {
    SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
    untrusted.initCause(new CertificateException("no path"));
    assertThat(Failures.of("no", untrusted)).isInstanceOf(RefusedException.class);
  }

  @Test
  void theNetworkMayBeBetterLater() {
    assertThat(Failures.of("no", new ConnectException("Connection refused")))
        .isInstanceOf(RetryLaterException.class)
        .hasMessage("no: Connection refused");
    assertThat(Failures.of("no", new EOFException())).hasMessage("no: java.io.EOFException");
  }

  @Test
  void theServiceMeansWhatItSays() {
    assertThat(Failures.of("no", new EstRefusedException(403, "revoked")))
        .isInstanceOf(RefusedException.class);
    assertThat(Failures.of("no", new EstRetryLaterException(503, Duration.ofSeconds(9))))
        .isInstanceOfSatisfying(
            RetryLaterException.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(9)));
  }

  @Test
  void saysWhoOrWhatIsTheReason() {
    SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
    untrusted.initCause(new CertificateException("no path"));
    SSLHandshakeException alert =
        new SSLHandshakeException("Received fatal alert: certificate_revoked");
    Map<IOException, Origin> origins = Map.of(
        untrusted,
        Origin.THEIR_CERTIFICATE,
        new EstException("est", untrusted),
        Origin.THEIR_CERTIFICATE,
        alert,
        Origin.OWN_CERTIFICATE,
        new EstException("est", alert),
        Origin.OWN_CERTIFICATE,
        new ConnectException("refused"),
        Origin.NETWORK,
        new SocketTimeoutException("Read timed out"),
        Origin.TIMEOUT,
        new EstException("the EST server answered 500"),
        Origin.SERVICE,
        new EstRefusedException(403, "revoked"),
        Origin.SERVICE,
        new NoSuchFileException("credential.pem"),
        Origin.DEVICE);
    origins.forEach((failure, origin) ->
        assertThat(Failures.of("no", failure).origin()).as(failure.toString()).isEqualTo(origin));
    assertThat(new RetryLaterException("full").origin()).isEqualTo(Origin.DEVICE);
  }

  @Test
  void keepsTheStatusAndWhatItWasAboutFirst() {
    DeviceException refused = Failures.of("no", new EstRefusedException(403, "revoked"));
    assertThat(refused.httpStatus()).hasValue(403);
    assertThat(refused.reasonCode()).isEmpty();
    assertThat(Failures.of("no", new EstRetryLaterException(429, Duration.ZERO)).httpStatus())
        .hasValue(429);
    assertThat(Failures.of("no", new EOFException()).httpStatus()).isEmpty();
    assertThat(refused.about()).isEqualTo(About.CLIENT);
    DeviceException about = DeviceException.about(About.RENEWAL, refused);
    assertThat(DeviceException.about(About.CONNECTION, about).about()).isEqualTo(About.RENEWAL);
  }
}
