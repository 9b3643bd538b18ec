package io.mintmark.simulators.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.attack.Sighting.Outcome;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Test;

class SightingTest {

  @Test
  void aReasonCodeFrom0x80OnIsARefusal() {
    assertThat(Sighting.of("SUBACK", 1, 0x87))
        .isEqualTo(new Sighting(Outcome.REFUSED, "SUBACK 0x87 not authorized"));
    assertThat(Sighting.of("PUBACK", 0x10).accepted()).isTrue();
    assertThat(Sighting.of("PUBACK", (int[]) null).accepted()).isTrue();
    assertThat(Sighting.of(new MqttException(0x85)))
        .isEqualTo(new Sighting(Outcome.REFUSED, "0x85 client identifier not valid"));
  }

  @Test
  void anAlertFromTheServerIsARefusal() {
    for (String text : new String[] {
      "Received fatal alert: bad_certificate",
      "(bad_certificate) Received fatal alert: bad_certificate"
    }) {
      assertThat(Sighting.of(new SSLHandshakeException(text)))
          .isEqualTo(new Sighting(Outcome.REFUSED, "TLS alert bad_certificate"));
    }
  }

  @Test
  void aConnectionTheServerClosedIsARefusal() {
    SSLHandshakeException closed =
        new SSLHandshakeException("Remote host terminated the handshake");
    closed.initCause(new EOFException());

    assertThat(Sighting.of(closed).refused()).isTrue();
    assertThat(Sighting.of(new SocketException("Connection reset")).refused()).isTrue();
    assertThat(Sighting.of(new EOFException()).refused()).isTrue();
    assertThat(Sighting.of(new MqttException(
                MqttClientException.REASON_CODE_CONNECTION_LOST, new EOFException()))
            .refused())
        .isTrue();
  }

  /** Or every claim of a refusal would hold of a broker that is switched off. */
  @Test
  void aServerThatIsNotThereHasRefusedNothing() {
    for (IOException failure : new IOException[] {
      new ConnectException("Connection refused"),
      new UnknownHostException("nowhere"),
      new SocketTimeoutException("Read timed out")
    }) {
      assertThat(Sighting.of(failure).outcome()).as(failure.toString()).isEqualTo(Outcome.UNCLEAR);
      assertThat(Sighting.of(new MqttException(failure)).outcome()).isEqualTo(Outcome.UNCLEAR);
    }
    assertThat(Sighting.of(new MqttException(MqttClientException.REASON_CODE_CLIENT_TIMEOUT)))
        .isEqualTo(Sighting.unclear("no answer"));
  }

  @Test
  void aServerTheClientItselfRejectsHasRefusedNothing() {
    assertThat(
            Sighting.of(new SSLHandshakeException("PKIX path building failed")).outcome())
        .isEqualTo(Outcome.UNCLEAR);
  }

  @Test
  void onlyARefusalWithoutALeakHolds() {
    Sighting refused = Sighting.of("PUBACK", 0x87);

    assertThat(Verdict.of(refused, null).held()).isTrue();
    assertThat(Verdict.of(refused, "it was DELIVERED").held()).isFalse();
    assertThat(Verdict.of(Sighting.accepted("PUBACK success"), null).held()).isFalse();
    assertThat(Verdict.of(Sighting.unclear("no answer"), null).held()).isFalse();
  }
}
