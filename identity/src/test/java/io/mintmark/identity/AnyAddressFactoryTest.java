package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class AnyAddressFactoryTest {

  /** The JDK connects to a proxy by a socket of its own, and hands that on. */
  @Test
  void limitedConnectionsMayGoThroughAProxy() throws Exception {
    SSLSocketFactory tls = SSLContext.getDefault().getSocketFactory();
    AnyAddressFactory limited = new AnyAddressFactory(tls).limited(Duration.ofSeconds(1));
    InetAddress local = InetAddress.getLoopbackAddress();
    try (ServerSocket proxy = new ServerSocket(0, 1, local);
        Socket tcp = new Socket(local, proxy.getLocalPort());
        Socket layered = limited.createSocket(tcp, "mqtt.example.org", 443, true)) {
      assertThat(layered.isConnected()).isTrue();
    }
  }
}
