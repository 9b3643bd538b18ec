package io.mintmark.simulators.attack;

import io.mintmark.identity.Printable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * What a client saw of one thing it tried. Only a refusal by the other side is one: a broker that
 * cannot be reached, that does not answer, or whose certificate the client itself rejects, has
 * refused nothing.
 *
 * @param outcome what came of it
 * @param detail the reason code, alert or exception, in words
 */
public record Sighting(Outcome outcome, String detail) {

  /** What came of it. */
  public enum Outcome {
    ACCEPTED,
    REFUSED,
    UNCLEAR
  }

  /** Reason codes from here on are refusals (MQTT 5.0, section 2.4). */
  private static final int FAILURE = 0x80;

  private static final Pattern DISCONNECT_CODE = Pattern.compile("Disconnect RC: (\\d{1,3})\\b");

  /** Whether the other side said no. */
  public boolean refused() {
    return outcome == Outcome.REFUSED;
  }

  /** Whether the other side said yes. */
  public boolean accepted() {
    return outcome == Outcome.ACCEPTED;
  }

  static Sighting refused(String detail) {
    return new Sighting(Outcome.REFUSED, detail);
  }

  static Sighting accepted(String detail) {
    return new Sighting(Outcome.ACCEPTED, detail);
  }

  static Sighting unclear(String detail) {
    return new Sighting(Outcome.UNCLEAR, detail);
  }

  /** The reason codes of an acknowledgement; null where there was none. */
  public static Sighting of(String packet, int... reasonCodes) {
    if (reasonCodes != null) {
      for (int code : reasonCodes) {
        if (code >= FAILURE) {
          return new Sighting(Outcome.REFUSED, packet + " " + name(code));
        }
      }
    }
    return accepted(packet + " success");
  }

  /** What Paho threw. */
  public static Sighting of(MqttException e) {
    int code = e.getReasonCode();
    if (e.getCause() instanceof IOException cause) {
      return of(cause);
    }
    if (code >= FAILURE && code <= 0xff) {
      return new Sighting(Outcome.REFUSED, name(code));
    }
    if (code == MqttClientException.REASON_CODE_SERVER_DISCONNECTED) {
      return new Sighting(Outcome.REFUSED, "DISCONNECT " + disconnectReason(e));
    }
    if (code == MqttClientException.REASON_CODE_CLIENT_TIMEOUT) {
      return unclear("no answer");
    }
    return unclear(e.toString());
  }

  /** Paho tells the reason code of a DISCONNECT in the text of its exception and nowhere else. */
  private static String disconnectReason(MqttException e) {
    Matcher code = DISCONNECT_CODE.matcher(e.getMessage());
    return code.find() ? name(Integer.parseInt(code.group(1))) : Printable.of(e.getMessage());
  }

  /** What the network or TLS layer threw. */
  public static Sighting of(IOException e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (e instanceof ConnectException
        || e instanceof NoRouteToHostException
        || e instanceof UnknownHostException
        || e instanceof SocketTimeoutException) {
      return unclear(text);
    }
    if (e instanceof SSLException) {
      boolean alert = text.contains("Received fatal alert: ");
      boolean closed =
          e.getCause() instanceof EOFException || e.getCause() instanceof SocketException;
      if (!alert && !closed) {
        return unclear("TLS failed on this side: " + text);
      }
      return new Sighting(
          Outcome.REFUSED,
          alert
              ? "TLS alert " + text.substring(text.lastIndexOf(": ") + 2)
              : "TLS connection closed by the server");
    }
    if (e instanceof SocketException || e instanceof EOFException) {
      return new Sighting(Outcome.REFUSED, "connection closed by the server (" + text + ")");
    }
    return unclear(e.getClass().getSimpleName() + ": " + text);
  }

  /** The names that refusals of an identity go by (MQTT 5.0, section 2.4). */
  private static String name(int code) {
    String name = switch (code) {
      case 0x80 -> "unspecified error";
      case 0x81 -> "malformed packet";
      case 0x82 -> "protocol error";
      case 0x83 -> "implementation specific error";
      case 0x84 -> "unsupported protocol version";
      case 0x85 -> "client identifier not valid";
      case 0x86 -> "bad user name or password";
      case 0x87 -> "not authorized";
      case 0x88 -> "server unavailable";
      case 0x89 -> "server busy";
      case 0x8a -> "banned";
      case 0x8c -> "bad authentication method";
      case 0x8e -> "session taken over";
      case 0x8f -> "topic filter invalid";
      case 0x90 -> "topic name invalid";
      case 0x97 -> "quota exceeded";
      case 0x98 -> "administrative action";
      case 0xa0 -> "maximum connect time";
      default -> "reason code";
    };
    return "0x%02x %s".formatted(code, name);
  }

  @Override
  public String toString() {
    return switch (outcome) {
      case ACCEPTED -> "accepted (" + detail + ")";
      case REFUSED -> detail;
      case UNCLEAR -> "unclear (" + detail + ")";
    };
  }
}
