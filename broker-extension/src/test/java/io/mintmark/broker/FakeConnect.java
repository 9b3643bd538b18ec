package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.client.parameter.ClientInformation;
import com.hivemq.extension.sdk.api.client.parameter.ClientTlsInformation;
import com.hivemq.extension.sdk.api.client.parameter.ConnectionAttributeStore;
import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A CONNECT in HiveMQ's terms, without HiveMQ, and what was decided about it. */
final class FakeConnect {

  final FakePermissions permissions = new FakePermissions();
  final SimpleAuthInput input;
  final SimpleAuthOutput output;
  final ConnectionInformation connection;

  /** Null as long as nothing was decided. */
  String decided;

  private final Map<String, ByteBuffer> attributes = new HashMap<>();

  FakeConnect(String clientId, List<X509Certificate> chain) {
    ClientTlsInformation tls = fake(
        ClientTlsInformation.class,
        Map.of("getClientCertificateChain", Optional.of(chain.toArray(new X509Certificate[0]))));
    ConnectionAttributeStore store = proxy(ConnectionAttributeStore.class, (p, method, args) -> {
      if (method.getName().equals("put")) {
        attributes.put((String) args[0], (ByteBuffer) args[1]);
        return null;
      }
      return Optional.ofNullable(attributes.get((String) args[0]));
    });
    connection = fake(
        ConnectionInformation.class,
        Map.of(
            "getClientTlsInformation",
            Optional.of(tls),
            "getConnectionAttributeStore",
            store,
            "getInetAddress",
            Optional.of(InetAddress.getLoopbackAddress())));
    input = fake(
        SimpleAuthInput.class,
        Map.of(
            "getConnectPacket",
            fake(
                ConnectPacket.class,
                Map.of(
                    "getAuthenticationMethod",
                    Optional.empty(),
                    "getCleanStart",
                    true,
                    "getKeepAlive",
                    60,
                    "getWillPublish",
                    Optional.empty())),
            "getClientInformation",
            fake(ClientInformation.class, Map.of("getClientId", clientId)),
            "getConnectionInformation",
            connection));
    output = proxy(SimpleAuthOutput.class, (p, method, args) -> switch (method.getName()) {
      case "getDefaultPermissions" -> permissions;
      case "authenticateSuccessfully" -> decide("admitted");
      case "failAuthentication" -> decide(((ConnackReasonCode) args[0]).name());
      default -> throw new UnsupportedOperationException(method.getName());
    });
  }

  /** As HiveMQ does: the first decision stands. */
  private Object decide(String decision) {
    if (decided != null) {
      throw new UnsupportedOperationException("decided already");
    }
    decided = decision;
    return null;
  }

  /** Answers these methods, and no other. */
  static <T> T fake(Class<T> type, Map<String, Object> answers) {
    return proxy(type, (p, method, args) -> {
      Object answer = answers.get(method.getName());
      if (answer == null) {
        throw new UnsupportedOperationException(method.getName());
      }
      return answer;
    });
  }

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
