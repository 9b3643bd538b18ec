package io.mintmark.simulators.fleet;

import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What the HiveMQ client throws, as one line that names no device. */
final class SwarmFailures {

  /** Those that the same CONNECT meets again. */
  private static final Set<Mqtt5ConnAckReasonCode> FINAL = EnumSet.of(
      Mqtt5ConnAckReasonCode.NOT_AUTHORIZED,
      Mqtt5ConnAckReasonCode.BANNED,
      Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD,
      Mqtt5ConnAckReasonCode.BAD_AUTHENTICATION_METHOD,
      Mqtt5ConnAckReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
      Mqtt5ConnAckReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
      Mqtt5ConnAckReasonCode.MALFORMED_PACKET,
      Mqtt5ConnAckReasonCode.PROTOCOL_ERROR);

  private static final String ALERT = "fatal alert";

  private SwarmFailures() {}

  /** Whether the broker, or this side about the broker, said no for good. */
  static boolean isRefusal(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof Mqtt5ConnAckException answer) {
        return FINAL.contains(answer.getMqttMessage().getReasonCode());
      }
      if (t instanceof SSLException && isAboutCertificates(t.getMessage())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAboutCertificates(String message) {
    String text = String.valueOf(message).toLowerCase(Locale.ROOT);
    return text.contains(ALERT)
        ? Stream.of("certificate", "unknown_ca", "access_denied").anyMatch(text::contains)
        : text.contains("pkix") || text.contains("certificate");
  }

  /** Why, in one line. */
  static String reason(Throwable failure) {
    Throwable root = failure;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof Mqtt5ConnAckException answer) {
        return "CONNACK " + answer.getMqttMessage().getReasonCode();
      }
      if (t instanceof Mqtt5DisconnectException end) {
        return "DISCONNECT " + end.getMqttMessage().getReasonCode();
      }
      if (t instanceof Mqtt5PubAckException answer) {
        return "PUBACK " + answer.getMqttMessage().getReasonCode();
      }
      if (t instanceof Mqtt5SubAckException answer) {
        return "SUBACK " + answer.getMqttMessage().getReasonCodes();
      }
      root = t;
    }
    String text = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    String line = text.lines().findFirst().orElse("");
    return root instanceof SSLException ? "TLS: " + line : line;
  }
}
