package io.mintmark.device;

import io.mintmark.identity.Printable;
import java.util.Map;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;

/** What the broker's reason codes (MQTT 5, section 2.4) mean for the one who asked. */
final class Reason {

  /** Codes from here on are failures. */
  static final int FIRST_FAILURE = 0x80;

  private static final Map<Integer, String> NAMES = Map.ofEntries(
      Map.entry(MqttReturnCode.RETURN_CODE_UNSPECIFIED_ERROR, "unspecified error"),
      Map.entry(MqttReturnCode.RETURN_CODE_MALFORMED_CONTROL_PACKET, "malformed packet"),
      Map.entry(MqttReturnCode.RETURN_CODE_PROTOCOL_ERROR, "protocol error"),
      Map.entry(MqttReturnCode.RETURN_CODE_IDENTIFIER_NOT_VALID, "client id not valid"),
      Map.entry(MqttReturnCode.RETURN_CODE_BAD_USERNAME_OR_PASSWORD, "bad user name or password"),
      Map.entry(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED, "not authorized"),
      Map.entry(MqttReturnCode.RETURN_CODE_SERVER_UNAVAILABLE, "server unavailable"),
      Map.entry(MqttReturnCode.RETURN_CODE_SERVER_BUSY, "server busy"),
      Map.entry(MqttReturnCode.RETURN_CODE_BANNED, "banned"),
      Map.entry(MqttReturnCode.RETURN_CODE_SERVER_SHUTTING_DOWN, "server shutting down"),
      Map.entry(MqttReturnCode.RETURN_CODE_BAD_AUTHENTICATION, "bad authentication method"),
      Map.entry(MqttReturnCode.RETURN_CODE_KEEP_ALIVE_TIMEOUT, "keep-alive timeout"),
      Map.entry(MqttReturnCode.RETURN_CODE_SESSION_TAKEN_OVER, "session taken over"),
      Map.entry(MqttReturnCode.RETURN_CODE_TOPIC_FILTER_NOT_VALID, "topic filter not valid"),
      Map.entry(MqttReturnCode.RETURN_CODE_TOPIC_NAME_INVALID, "topic name invalid"),
      Map.entry(MqttReturnCode.RETURN_CODE_PACKET_TOO_LARGE, "packet too large"),
      Map.entry(MqttReturnCode.RETURN_CODE_MESSAGE_RATE_TOO_HIGH, "message rate too high"),
      Map.entry(MqttReturnCode.RETURN_CODE_QUOTA_EXCEEDED, "quota exceeded"),
      Map.entry(MqttReturnCode.RETURN_CODE_ADMINISTRITIVE_ACTION, "administrative action"),
      Map.entry(MqttReturnCode.RETURN_CODE_PAYLOAD_FORMAT_INVALID, "payload format invalid"),
      Map.entry(MqttReturnCode.RETURN_CODE_QOS_NOT_SUPPORTED, "QoS not supported"),
      Map.entry(MqttReturnCode.RETURN_CODE_USE_ANOTHER_SERVER, "use another server"),
      Map.entry(MqttReturnCode.RETURN_CODE_SERVER_MOVED, "server moved"),
      Map.entry(MqttReturnCode.RETURN_CODE_CONNECTION_RATE_EXCEEDED, "connection rate exceeded"),
      Map.entry(MqttReturnCode.RETURN_CODE_MAXIMUM_CONNECT_TIME, "maximum connect time"));

  private Reason() {}

  /**
   * The exception for a failure.
   *
   * @param what who refused what, as the start of a sentence
   * @param code {@link #FIRST_FAILURE} or higher
   * @param words the broker's reason string; nullable
   */
  static DeviceException exception(String what, int code, String words) {
    String message = what
        + ": "
        + NAMES.getOrDefault(code, "reason")
        + String.format(" (0x%02x)", code)
        + (words == null ? "" : ": " + Printable.of(words));
    return switch (code) {
      case MqttReturnCode.RETURN_CODE_UNSUPPORTED_PROTOCOL_VERSION,
          MqttReturnCode.RETURN_CODE_IDENTIFIER_NOT_VALID,
          MqttReturnCode.RETURN_CODE_BAD_USERNAME_OR_PASSWORD,
          MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED,
          MqttReturnCode.RETURN_CODE_BANNED,
          MqttReturnCode.RETURN_CODE_BAD_AUTHENTICATION,
          MqttReturnCode.RETURN_CODE_USE_ANOTHER_SERVER,
          MqttReturnCode.RETURN_CODE_SERVER_MOVED -> new RefusedException(message, code);
      case MqttReturnCode.RETURN_CODE_TOPIC_FILTER_NOT_VALID,
          MqttReturnCode.RETURN_CODE_TOPIC_NAME_INVALID,
          MqttReturnCode.RETURN_CODE_PACKET_TOO_LARGE,
          MqttReturnCode.RETURN_CODE_PAYLOAD_FORMAT_INVALID,
          MqttReturnCode.RETURN_CODE_RETAIN_NOT_SUPPORTED,
          MqttReturnCode.RETURN_CODE_QOS_NOT_SUPPORTED,
          MqttReturnCode.RETURN_CODE_SHARED_SUB_NOT_SUPPORTED,
          MqttReturnCode.RETURN_CODE_SUB_IDENTIFIERS_NOT_SUPPORTED,
          MqttReturnCode.RETURN_CODE_WILDCARD_SUB_NOT_SUPPORTED ->
        new InvalidRequestException(message, code);
      default -> new RetryLaterException(message, code);
    };
  }
}
