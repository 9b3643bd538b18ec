package io.mintmark.broker;

import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import io.mintmark.identity.Denial;

/**
 * Why a CONNECT is refused or a live session cut: a word for the log, the MQTT 5 reason codes of
 * CONNACK (section 3.2.2.2; HiveMQ answers MQTT 3.1.1 clients with the nearest of theirs) and of
 * DISCONNECT (section 3.14.2.1; MQTT 3.1.1 has none, the connection just ends), and the reason string
 * the client is shown.
 *
 * <p>A session that is cut with {@code NOT_AUTHORIZED} needs somebody's doing before it may come
 * back; with another code it may come back by itself, with a newer certificate or later.
 */
enum Refusal {
  NO_CERTIFICATE(
      "no-certificate",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "a client certificate is required"),
  UNTRUSTED(
      "untrusted",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the certificate's issuer is not trusted here"),
  NO_IDENTITY(
      "no-identity",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the certificate carries no operational identity"),
  FOREIGN_TRUST_DOMAIN(
      "foreign-trust-domain",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the certificate is of another trust domain"),
  NOT_A_CLIENT(
      "not-a-client",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "only devices and applications connect here"),
  EXPIRED(
      "expired",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.MAXIMUM_CONNECT_TIME,
      "the certificate is not valid now"),
  AUTHENTICATION_METHOD(
      "authentication-method",
      ConnackReasonCode.BAD_AUTHENTICATION_METHOD,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the certificate authenticates; no other method is accepted"),
  CLIENT_ID(
      "client-id",
      ConnackReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the client id does not belong to the certificate's identity"),
  REVOKED_ISSUER(
      "revoked-issuer",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the certificate's issuer is not trusted any more"),
  UNKNOWN_FLEET(
      "unknown-fleet",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "there is no such fleet"),
  REMOVED_FLEET(
      "removed-fleet",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the fleet was removed"),
  UNKNOWN_APPLICATION(
      "unknown-application",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "there is no such application"),
  REMOVED_APPLICATION(
      "removed-application",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the application was removed"),
  REVOKED_IDENTITY(
      "revoked-identity",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "this identity was revoked"),
  RETIRED(
      "retired",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "this identity was retired"),
  SUSPENDED(
      "suspended",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.ADMINISTRATIVE_ACTION,
      "this identity is suspended"),
  REVOKED_CERTIFICATE(
      "revoked-certificate",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the certificate was revoked"),
  SUPERSEDED(
      "superseded",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.ADMINISTRATIVE_ACTION,
      "a newer certificate has taken the place of this one"),
  /** A denial in words this broker does not know: of a service that is newer than it. */
  DENIED(
      "denied",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the certificate or its identity may not be used now"),
  UNUSABLE_POLICY(
      "unusable-policy",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the topic policy cannot be applied to this identity"),
  WILL(
      "will",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.ADMINISTRATIVE_ACTION,
      "the will is not granted"),
  FEED_NEVER_HEARD(
      "feed-never-heard",
      ConnackReasonCode.SERVER_UNAVAILABLE,
      DisconnectReasonCode.SERVER_BUSY,
      "the broker does not know yet who may connect"),
  FEED_STALE(
      "feed-stale",
      ConnackReasonCode.SERVER_UNAVAILABLE,
      DisconnectReasonCode.SERVER_BUSY,
      "the broker has not heard for too long who may connect"),
  FEED_LOST(
      "feed-lost",
      ConnackReasonCode.SERVER_UNAVAILABLE,
      DisconnectReasonCode.SERVER_BUSY,
      "the broker has not heard for too long who may stay"),
  CONNECT_RATE(
      "connect-rate",
      ConnackReasonCode.SERVER_BUSY,
      DisconnectReasonCode.SERVER_BUSY,
      "too many connect at this moment; try again later"),
  DEVICE_RATE(
      "device-rate",
      ConnackReasonCode.CONNECTION_RATE_EXCEEDED,
      DisconnectReasonCode.CONNECTION_RATE_EXCEEDED,
      "this certificate connects too often; try again later"),
  UNINVITED(
      "uninvited",
      ConnackReasonCode.NOT_AUTHORIZED,
      DisconnectReasonCode.NOT_AUTHORIZED,
      "the broker has not admitted this client"),
  NOT_RUNNING(
      "not-running",
      ConnackReasonCode.SERVER_UNAVAILABLE,
      DisconnectReasonCode.SERVER_SHUTTING_DOWN,
      "the broker is not ready to decide"),
  FAILURE(
      "failure",
      ConnackReasonCode.SERVER_UNAVAILABLE,
      DisconnectReasonCode.SERVER_BUSY,
      "the broker could not decide");

  private final String word;
  private final ConnackReasonCode code;
  private final DisconnectReasonCode cutCode;
  private final String text;

  Refusal(String word, ConnackReasonCode code, DisconnectReasonCode cutCode, String text) {
    this.word = word;
    this.code = code;
    this.cutCode = cutCode;
    this.text = text;
  }

  /** Why what this denial is about may not be here. */
  static Refusal of(Denial denial) {
    return switch (denial.scope()) {
      case SERIAL ->
        switch (denial.reason()) {
          case "revoked" -> REVOKED_CERTIFICATE;
          case "superseded" -> SUPERSEDED;
          default -> DENIED;
        };
      case IDENTITY ->
        switch (denial.reason()) {
          case "revoked" -> REVOKED_IDENTITY;
          case "retired" -> RETIRED;
          case "suspended" -> SUSPENDED;
          default -> DENIED;
        };
    };
  }

  /** For logs and metrics. */
  String word() {
    return word;
  }

  /** Of the CONNACK. */
  ConnackReasonCode code() {
    return code;
  }

  /** Of the DISCONNECT. */
  DisconnectReasonCode cutCode() {
    return cutCode;
  }

  /** For the client; says nothing it could not know. */
  String text() {
    return text;
  }

  /** The word: also where a log is given the reason itself. */
  @Override
  public String toString() {
    return word;
  }
}
