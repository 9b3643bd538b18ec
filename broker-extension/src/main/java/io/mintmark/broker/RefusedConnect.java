package io.mintmark.broker;

import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import java.net.InetAddress;

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
    Refusal reason, String device, String serial, String clientId, String address, String detail) {

  /** Where a connection comes from, as it is told; null if HiveMQ does not know. */
  static String address(ConnectionInformation connection) {
    return connection.getInetAddress().map(InetAddress::getHostAddress).orElse(null);
  }
}
