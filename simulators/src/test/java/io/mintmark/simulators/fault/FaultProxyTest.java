package io.mintmark.simulators.fault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault as both sides see it, on real sockets. */
class FaultProxyTest {

  private static final int LONG_MILLIS = 20_000;
  private static final int SHORT_MILLIS = 150;
  private static final long SEED = 7;

  private final List<Socket> clients = new ArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private EchoServer server;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws Exception {
    server = new EchoServer();
    proxy = proxy(server);
  }

  private FaultProxy proxy(EchoServer before) throws IOException {
    return FaultProxy.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), before.address(), told::add);
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket client : clients) {
      client.close();
    }
    proxy.close();
    server.close();
  }

  private Socket client() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    client.setSoTimeout(LONG_MILLIS);
    clients.add(client);
    return client;
  }

  private static void say(Socket client, String words) throws IOException {
    client.getOutputStream().write(words.getBytes(ISO_8859_1));
  }

  private static String hear(Socket client, int length) throws IOException {
    return new String(client.getInputStream().readNBytes(length), ISO_8859_1);
  }

  private static void worksOn(Socket client) throws IOException {
    say(client, "works");
    assertThat(hear(client, 5)).isEqualTo("works");
  }

  private static void hearsNothing(Socket client) throws IOException {
    client.setSoTimeout(SHORT_MILLIS);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    client.setSoTimeout(LONG_MILLIS);
  }

  private static void isReset(Socket client) {
    assertThatThrownBy(() -> {
          say(client, "?");
          client.getInputStream().read();
        })
        .isInstanceOf(SocketException.class);
  }

  @Test
  void passesOnWhatIsSaidAndWhereItEnds() throws Exception {
    Socket client = client();
    String much = "0123456789".repeat(100_000);
    Thread saying = new Thread(() -> {
      try {
        say(client, much);
        client.shutdownOutput();
      } catch (IOException e) {
        told.add(e.toString());
      }
    });
    saying.start();
    assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1)).isEqualTo(much);
    saying.join();
    assertThat(server.ends()).containsExactly("end");
    await().until(() -> proxy.connections() == 0);
    assertThat(told).isEmpty();
  }

  @Test
  void delaysBothWays() throws Exception {
    Socket client = client();
    worksOn(client);
    Fault latency = new Fault.Latency(Duration.ofMillis(100), Duration.ofMillis(130));
    try (Applied applied = proxy.apply(latency, 1, SEED)) {
      assertThat(applied).isNotNull();
      long start = System.nanoTime();
      say(client, "a");
      say(client, "b");
      assertThat(hear(client, 2)).isEqualTo("ab");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
  }

  @Test
  void delaysNoMoreOnceThatIsLifted() throws Exception {
    Fault latency = new Fault.Latency(Duration.ofHours(1), Duration.ofHours(1));
    Applied applied = proxy.apply(latency, 1, SEED);
    Socket before = client();
    say(before, "x");
    hearsNothing(before);
    applied.close();
    applied.close();
    worksOn(client());
  }

  @Test
  void letsSoManyBytesThroughInASecond() throws Exception {
    Socket client = client();
    try (Applied applied = proxy.apply(new Fault.Bandwidth(20_000), 1, SEED)) {
      assertThat(applied).isNotNull();
      long start = System.nanoTime();
      say(client, "x".repeat(6_000));
      hear(client, 6_000);
      // 20 steps a second, the first of which is the sooner for being the first.
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(250));
    }
    worksOn(client());
  }

  @Test
  void losesAnswersToWhatArrived() throws Exception {
    Socket client = client();
    worksOn(client);
    Applied applied = proxy.apply(new Fault.LostAnswers(), 1, SEED);
    say(client, " and arrives");
    hearsNothing(client);
    await().until(() -> server.heard().equals("works and arrives"));
    applied.close();
    isReset(client);
    worksOn(client());
    assertThat(told).contains("connection 1: answers lost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void losesNoAnswerOfAHandshake(String version) throws Exception {
    HeldCertificate root =
        HeldCertificate.builder().commonName("root").authority(1).build();
    Credential both = HeldCertificate.builder()
        .commonName("both")
        .dns("localhost")
        .signedBy(root)
        .build()
        .credential();
    SSLContext tls = both.tlsContext(List.of(root.certificate()));
    SSLServerSocketFactory factory = tls.getServerSocketFactory();
    SSLServerSocketFactory asking = new AskingFactory(factory);
    try (EchoServer secured = new EchoServer(asking);
        FaultProxy before = proxy(secured)) {
      before.apply(new Fault.LostAnswers(), 1, SEED);
      SSLSocket client =
          (SSLSocket) tls.getSocketFactory().createSocket("localhost", before.port());
      clients.add(client);
      client.setSoTimeout(LONG_MILLIS);
      client.setEnabledProtocols(new String[] {version});
      client.startHandshake();
      say(client, "arrives");
      await().until(() -> secured.heard().equals("arrives"));
      client.setSoTimeout(SHORT_MILLIS);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void fallsSilentAndTellsNobody() throws Exception {
    Socket client = client();
    worksOn(client);
    Applied applied = proxy.apply(new Fault.HalfOpen(Duration.ZERO), 1, SEED);
    Socket newcomer = client();
    say(newcomer, "lost");
    say(client, "lost");
    hearsNothing(client);
    hearsNothing(newcomer);
    newcomer.close();
    await().until(() -> told.size() == 2);
    assertThat(server.heard()).isEqualTo("works");
    assertThat(server.ends()).isEmpty();
    assertThat(server.accepted()).isEqualTo(1);
    applied.close();
    isReset(client);
    await().until(() -> server.ends().equals(List.of("reset")));
    worksOn(client());
  }

  @Test
  void doesNotTellTheServerOfAClientThatLeft() throws Exception {
    Socket client = client();
    worksOn(client);
    try (Applied applied = proxy.apply(new Fault.HalfOpen(Duration.ZERO), 1, SEED)) {
      assertThat(applied).isNotNull();
      client.close();
      await().until(() -> told.contains("connection 1: silent"));
      assertThat(server.ends()).isEmpty();
    }
    await().until(() -> server.ends().equals(List.of("reset")));
  }

  @Test
  void fallsSilentAtSomeMoment() throws Exception {
    Socket client = client();
    proxy.apply(new Fault.HalfOpen(Duration.ofMillis(300)), 1, SEED);
    client.setSoTimeout(SHORT_MILLIS);
    await()
        .untilAsserted(() ->
            assertThatThrownBy(() -> worksOn(client)).isInstanceOf(SocketTimeoutException.class));
  }

  @Test
  void leavesConnectionsThatMissedNothing() throws Exception {
    Socket client = client();
    worksOn(client);
    proxy.apply(new Fault.HalfOpen(Duration.ZERO), 1, SEED).close();
    worksOn(client);
  }

  @Test
  void resetsConnectionsBothWays() throws Exception {
    Socket client = client();
    worksOn(client);
    Applied applied = proxy.apply(new Fault.Reset(Duration.ZERO), 1, SEED);
    isReset(client);
    await().until(() -> server.ends().equals(List.of("reset")));

    Socket newcomer = client();
    say(newcomer, " and arrives");
    assertThatThrownBy(() -> newcomer.getInputStream().read()).isInstanceOf(SocketException.class);
    assertThat(server.heard()).isEqualTo("works and arrives");
    assertThat(told)
        .containsExactly("connection 1: reset", "connection 2: reset in place of an answer");
    applied.close();
    worksOn(client());
  }

  @Test
  void resetsAtSomeMoment() throws Exception {
    Socket before = client();
    worksOn(before);
    Applied applied = proxy.apply(new Fault.Reset(Duration.ofMillis(100)), 1, SEED);
    Socket after = client();
    assertThatThrownBy(() -> before.getInputStream().read()).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> after.getInputStream().read()).isInstanceOf(SocketException.class);
    applied.close();
    worksOn(client());
  }

  @Test
  void refusesNewConnectionsAndLeavesTheOthers() throws Exception {
    Socket before = client();
    worksOn(before);
    Applied applied = proxy.apply(new Fault.Refusal(), 1, SEED);
    isReset(client());
    worksOn(before);
    assertThat(server.accepted()).isEqualTo(1);
    applied.close();
    worksOn(client());
  }

  @Test
  void doesItToAShareAndToTheSameWithTheSameSeed() throws Exception {
    proxy.apply(new Fault.Refusal(), 0.5, SEED);
    List<Boolean> first = refused();
    assertThat(first).contains(true, false);
    proxy.close();
    proxy = proxy(server);
    proxy.apply(new Fault.Refusal(), 0.5, SEED);
    assertThat(refused()).isEqualTo(first);
  }

  private List<Boolean> refused() throws IOException {
    List<Boolean> refused = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket client = client();
      try {
        worksOn(client);
        refused.add(false);
      } catch (SocketException e) {
        refused.add(true);
      }
    }
    return refused;
  }

  @Test
  void resetsWhomTheServerIsNotThereFor() throws Exception {
    server.close();
    isReset(client());
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void comesFromWhereTheClientComesFrom() throws Exception {
    InetAddress other = InetAddress.getByName("127.0.0.9");
    Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port(), other, 0);
    clients.add(client);
    worksOn(client);
    assertThat(server.lastFrom()).isEqualTo(other);
  }

  @Test
  void holdsManyConnectionsOnOneThread() throws Exception {
    List<Socket> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(client());
    }
    for (Socket each : many) {
      worksOn(each);
    }
    assertThat(proxy.connections()).isEqualTo(200);
    String name = "fault-proxy-" + proxy.port();
    assertThat(threads(name)).isEqualTo(1);
    proxy.close();
    assertThat(threads(name)).isZero();
    assertThat(many.get(0).getInputStream().read()).isNegative();
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }

  /** Servers that ask their clients for a certificate, as ours do. */
  private static final class AskingFactory extends SSLServerSocketFactory {
    private final SSLServerSocketFactory factory;

    AskingFactory(SSLServerSocketFactory factory) {
      this.factory = factory;
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress at)
        throws IOException {
      SSLServerSocket socket = (SSLServerSocket) factory.createServerSocket(port, backlog, at);
      socket.setNeedClientAuth(true);
      return socket;
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return createServerSocket(port, 0, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return createServerSocket(port, backlog, null);
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return factory.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return factory.getSupportedCipherSuites();
    }
  }
}
