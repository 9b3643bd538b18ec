package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.TricklingServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hosts with several addresses; nobody listens at 127.0.0.2 and 127.0.0.3. */
class AnyAddressSocketTest {

  private final List<String> asked = new ArrayList<>();
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, loopback(1));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private static InetAddress loopback(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private AnyAddressSocket socket(int... addresses) throws SocketException {
    return new AnyAddressSocket(host -> {
      asked.add(host);
      InetAddress[] found = new InetAddress[addresses.length];
      for (int i = 0; i < found.length; i++) {
        found[i] = loopback(addresses[i]);
      }
      return found;
    });
  }

  private void connect(Socket socket) throws IOException {
    socket.connect(
        InetSocketAddress.createUnresolved("mqtt.example.org", server.getLocalPort()), 5_000);
  }

  @Test
  void findsTheAddressThatAnswers() throws Exception {
    for (int i = 0; i < 12; i++) {
      try (Socket socket = socket(2, 1, 3)) {
        connect(socket);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(5_000);
        assertThat(socket.getInetAddress().getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(socket.getPort()).isEqualTo(server.getLocalPort());
        try (Socket accepted = server.accept()) {
          socket.getOutputStream().write(42);
          assertThat(accepted.getInputStream().read()).isEqualTo(42);
          accepted.getOutputStream().write(43);
          assertThat(socket.getInputStream().read()).isEqualTo(43);
        }
      }
    }
    assertThat(asked).as("each time anew").hasSize(12).containsOnly("mqtt.example.org");
  }

  @Test
  void failsWhenNoneAnswers() throws Exception {
    try (Socket socket = socket(2, 3)) {
      assertThatThrownBy(() -> connect(socket))
          .isInstanceOf(ConnectException.class)
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }
  }

  @Test
  void doesNotBeginAtTheSameOneEachTime() throws Exception {
    List<String> began = new ArrayList<>();
    try (ServerSocket other = new ServerSocket(server.getLocalPort(), 50, loopback(4))) {
      assertThat(other.isBound()).isTrue();
      for (int i = 0; i < 50; i++) {
        try (Socket socket = socket(1, 4)) {
          connect(socket);
          began.add(socket.getInetAddress().getHostAddress());
        }
      }
    }
    assertThat(began).contains("127.0.0.1", "127.0.0.4");
  }

  @Test
  void saysWhichNameIsUnknown() throws Exception {
    try (Socket socket = new AnyAddressSocket(host -> {
      throw new UnknownHostException(host);
    })) {
      assertThatThrownBy(() -> connect(socket))
          .isInstanceOf(UnknownHostException.class)
          .hasMessage("mqtt.example.org");
    }
  }

  @Test
  void canBeClosedBeforeItIsConnected() throws Exception {
    Socket socket = socket(1);
    socket.close();
    assertThatThrownBy(() -> connect(socket)).isInstanceOf(SocketException.class);
  }

  /** Each read finds something in time. */
  @Test
  @Timeout(60)
  void allReadsTogetherMayBeLimited() throws Exception {
    try (TricklingServer peer = new TricklingServer();
        AnyAddressSocket socket = new AnyAddressSocket()) {
      socket.connect(new InetSocketAddress("localhost", peer.port()), 5_000);
      socket.setSoTimeout(5_000);
      socket.limit(Duration.ofMillis(200));
      InputStream in = socket.getInputStream();
      assertThatThrownBy(() -> in.readNBytes(10_000)).isInstanceOf(SocketTimeoutException.class);
      assertThat(socket.getSoTimeout()).isEqualTo(5_000);
      socket.limit(Duration.ZERO);
      assertThat(in.readNBytes(3)).hasSize(3);
    }
  }
}
