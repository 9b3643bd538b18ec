package io.mintmark.broker;

import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;

/**
 * Why a CONNECT is refused: a word for the log, the MQTT 5 reason code (section 3.2.2.2; HiveMQ
 * answers MQTT 3.1.1 clients with the nearest of theirs) and the reason string the client is shown.
 */
enum Refusal {
  NO_CERTIFICATE(
      "no-certificate", ConnackReasonCode.NOT_AUTHORIZED, "a client certificate is required"),
  UNTRUSTED(
      "untrusted",
      ConnackReasonCode.NOT_AUTHORIZED,
      "the certificate's issuer is not trusted here"),
  NO_IDENTITY(
      "no-identity",
      ConnackReasonCode.NOT_AUTHORIZED,
      "the certificate carries no operational identity"),
  FOREIGN_TRUST_DOMAIN(
      "foreign-trust-domain",
      ConnackReasonCode.NOT_AUTHORIZED,
      "the certificate is of another trust domain"),
  NOT_A_CLIENT(
      "not-a-client",
      ConnackReasonCode.NOT_AUTHORIZED,
      "only devices and applications connect here"),
  EXPIRED("expired", ConnackReasonCode.NOT_AUTHORIZED, "the certificate is not valid now"),
  AUTHENTICATION_METHOD(
      "authentication-method",
      ConnackReasonCode.BAD_AUTHENTICATION_METHOD,
      "the certificate authenticates; no other method is accepted"),
  CLIENT_ID(
      "client-id",
      ConnackReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
      "the client id does not belong to the certificate's identity"),
  UNKNOWN_FLEET("unknown-fleet", ConnackReasonCode.NOT_AUTHORIZED, "there is no such fleet"),
  UNKNOWN_APPLICATION(
      "unknown-application", ConnackReasonCode.NOT_AUTHORIZED, "there is no such application"),
  DENIED_SERIAL(
      "denied-serial",
      ConnackReasonCode.NOT_AUTHORIZED,
      "the certificate may not be used any more"),
  DENIED_IDENTITY(
      "denied-identity", ConnackReasonCode.NOT_AUTHORIZED, "this identity may not connect now"),
  REVOKED_ISSUER(
      "revoked-issuer",
      ConnackReasonCode.NOT_AUTHORIZED,
      "the certificate's issuer is not trusted any more"),
  UNUSABLE_POLICY(
      "unusable-policy",
      ConnackReasonCode.NOT_AUTHORIZED,
      "the topic policy cannot be applied to this identity"),
  FEED_NEVER_HEARD(
      "feed-never-heard",
      ConnackReasonCode.SERVER_UNAVAILABLE,
      "the broker does not know yet who may connect"),
  FEED_STALE(
      "feed-stale",
      ConnackReasonCode.SERVER_UNAVAILABLE,
      "the broker has not heard for too long who may connect"),
  UNINVITED(
      "uninvited", ConnackReasonCode.NOT_AUTHORIZED, "the broker has not admitted this client"),
  NOT_RUNNING(
      "not-running", ConnackReasonCode.SERVER_UNAVAILABLE, "the broker is not ready to decide"),
  FAILURE("failure", ConnackReasonCode.SERVER_UNAVAILABLE, "the broker could not decide");

  private final String word;
  private final ConnackReasonCode code;
  private final String text;

  Refusal(String word, ConnackReasonCode code, String text) {
    this.word = word;
    this.code = code;
    this.text = text;
  }

  /** For logs and metrics. */
  String word() {
    return word;
  }

  ConnackReasonCode code() {
    return code;
  }

  /** For the client; says nothing it could not know. */
  String text() {
    return text;
  }
}
