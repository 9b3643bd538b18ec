package io.mintmark.broker;

/**
 * A CONNECT that was refused, as far as it is known who it was.
 *
 * @param reason why
 * @param device the SPIFFE ID, or where the certificate has none its subject, fit for a log; null
 *     without a certificate
 * @param serial the certificate's, lower-case hex; null without a certificate
 * @param clientId as the client named it
 * @param address where it came from; null if that is not known
 * @param detail what exactly is wrong
 */
record RefusedConnect(
    Refusal reason, String device, String serial, String clientId, String address, String detail) {}
