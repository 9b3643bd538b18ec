package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.EstException;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.EstRetryLaterException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
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
  void aNameThatIsUnknownIsNamed() {
    UnknownHostException unknown = new UnknownHostException("mqtt.example.org");
    assertThat(Failures.of("cannot connect", unknown))
        .isInstanceOf(RetryLaterException.class)
        .hasMessage(
            "cannot connect: the name does not resolve to an address (DNS): mqtt.example.org");
    assertThat(Failures.of("no certificate", new EstException("EST failed", unknown)))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("(DNS): mqtt.example.org");
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
}
