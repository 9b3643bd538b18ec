package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Floods from some addresses do not stop devices at others, over real TLS. */
class FloodIT {

  private static final String FLOODER = "127.0.4.66";
  private static final String DEVICE = "127.0.4.1";

  /** Beyond what a device takes when nothing else is going on, and far below any timeout. */
  private static final Duration IN_TIME = Duration.ofSeconds(25);

  @TempDir
  private Path data;

  private RunningService running;
  private volatile boolean flooding = true;
  private final List<Thread> flooders = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    flooding = false;
    for (Thread flooder : flooders) {
      flooder.join();
    }
    running.close();
  }

  private void start(String limits) throws Exception {
    Files.writeString(data.resolve("service.yaml"), "limits:\n" + limits.indent(2));
    running = RunningService.of(data, "d-1");
  }

  private Socket plainFrom(String address) throws IOException {
    int port = running.service().deviceUri().getPort();
    return new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0);
  }

  /** Repeats until the test is over; what the server cuts is the point of it. */
  private AtomicLong flood(Attempt attempt) {
    AtomicLong attempts = new AtomicLong();
    Thread thread = new Thread(() -> {
      while (flooding) {
        try {
          attempt.once();
        } catch (IOException e) {
          // Cut.
        }
        attempts.incrementAndGet();
      }
    });
    flooders.add(thread);
    thread.start();
    return attempts;
  }

  private interface Attempt {
    void once() throws IOException;
  }

  /** Keeps so many connections open that say the first bytes of a handshake and no more. */
  private AtomicLong stall(String address, int most) {
    Deque<Socket> open = new ArrayDeque<>();
    return flood(() -> {
      Socket socket = plainFrom(address);
      open.add(socket);
      if (open.size() > most) {
        open.remove().close();
      }
      socket.getOutputStream().write(new byte[] {0x16, 3, 1});
    });
  }

  /** Counts those that succeed. */
  private AtomicLong shakeHands(AtomicLong succeeded) throws IOException {
    RawHttps client = running.device(null).from(FLOODER);
    return flood(() -> {
      try (SSLSocket socket = client.connect()) {
        socket.startHandshake();
      }
      succeeded.incrementAndGet();
    });
  }

  private void enrolsAndRenewsInTime() throws Exception {
    long begun = System.nanoTime();
    KeyPair keys = CertificateRequest.newKeyPair();
    Credential enrolled = new Credential(
        keys.getPrivate(),
        List.of(Enrolments.certificate(running
            .device(running.bootstrap("d-1").credential())
            .from(DEVICE)
            .post(
                "/.well-known/est/sensors/simpleenroll",
                "application/pkcs10",
                Enrolments.request(keys, "d-1")))));
    Enrolments.certificate(running
        .device(enrolled)
        .from(DEVICE)
        .post(
            "/.well-known/est/sensors/simplereenroll",
            "application/pkcs10",
            CertificateRequest.renew(CertificateRequest.newKeyPair(), enrolled.certificate())));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(IN_TIME);
  }

  @Test
  void hundredsThatStallTheirHandshakes() throws Exception {
    start("""
        exempt-addresses: []
        connections: {total: 1000, per-address: 1000, unfinished-handshakes: 100}
        rates: {connections-per-address: unlimited}
        """);
    AtomicLong stalled = stall(FLOODER, 300);
    await().until(() -> stalled.get() > 350);
    enrolsAndRenewsInTime();
  }

  @Test
  void allPlacesTaken() throws Exception {
    start("""
        exempt-addresses: []
        connections: {total: 100, per-address: 1000, unfinished-handshakes: 1000}
        rates: {connections-per-address: unlimited}
        """);
    AtomicLong stalled = stall(FLOODER, 300);
    await().until(() -> stalled.get() > 350);
    enrolsAndRenewsInTime();
  }

  @Test
  void noMorePlacesForOneAddressThanItMayHave() throws Exception {
    start("""
        exempt-addresses: []
        connections: {total: 100, per-address: 5}
        """);
    List<SSLSocket> open = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      SSLSocket socket = running.device(null).from(FLOODER).connect();
      socket.startHandshake();
      open.add(socket);
    }
    try (Socket sixth = plainFrom(FLOODER)) {
      sixth.setSoTimeout(20_000);
      assertThat(isCut(sixth)).isTrue();
    }
    enrolsAndRenewsInTime();
    open.remove(0).close();
    await().until(() -> {
      try (SSLSocket socket = running.device(null).from(FLOODER).connect()) {
        socket.startHandshake();
        return true;
      } catch (IOException e) {
        return false;
      }
    });
    for (SSLSocket socket : open) {
      socket.close();
    }
  }

  private static boolean isCut(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void handshakesAsFastAsTheyGo() throws Exception {
    start("""
        exempt-addresses: []
        rates: {connections-per-address: 1/m burst 30}
        """);
    AtomicLong succeeded = new AtomicLong();
    AtomicLong one = shakeHands(succeeded);
    AtomicLong other = shakeHands(succeeded);
    await().until(() -> one.get() + other.get() > 300);
    enrolsAndRenewsInTime();
    // A refill or two, on a slow machine.
    assertThat(succeeded.get()).isBetween(30L, 33L);
  }
}
