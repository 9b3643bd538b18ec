package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.provisioning.MovableClock;
import java.io.DataInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service's own certificate changes under live connections, by real handshakes. */
@Timeout(60)
class ServiceCertificateIT {

  @TempDir
  Path data;

  private final MovableClock clock = new MovableClock();

  /** A connection that stays, and what it was shown in its handshake. */
  private record Kept(SSLSocket socket, DataInputStream in, X509Certificate shown)
      implements AutoCloseable {

    static Kept to(RawHttps client) throws IOException {
      SSLSocket socket = client.connect();
      socket.startHandshake();
      return new Kept(socket, new DataInputStream(socket.getInputStream()), (X509Certificate)
          socket.getSession().getPeerCertificates()[0]);
    }

    BigInteger serial() {
      return shown.getSerialNumber();
    }

    void ask(String target) throws IOException {
      socket
          .getOutputStream()
          .write(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(US_ASCII));
    }

    /** The body of the answer. */
    String answer() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      assertThat(head).startsWith("HTTP/1.1 200 ");
      String length = head.toString().replaceAll("(?is).*content-length: *(\\d+).*", "$1");
      return new String(in.readNBytes(Integer.parseInt(length)), US_ASCII);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static BigInteger shown(RawHttps client) throws IOException {
    try (Kept now = Kept.to(client)) {
      return now.serial();
    }
  }

  @Test
  void itIsRenewedAndMovesToAnotherCaUnderLiveConnections() throws Exception {
    // TLS goes by the machine's clock: what was issued then must be good now.
    clock.move(Duration.ofDays(-61));
    try (RunningService running = RunningService.of(data, clock, "d1")) {
      KeyPair keys = CertificateRequest.newKeyPair();
      Credential broker = new Credential(
          keys.getPrivate(),
          running
              .service()
              .certifyBroker("b1", CertificateRequest.create(keys, "b1"), List.of("localhost")));
      try (Kept est = Kept.to(running.device(null));
          Kept feed = Kept.to(running.device(broker));
          Kept operator = Kept.to(running.operator())) {
        est.ask("/.well-known/est/cacerts");
        String cas = est.answer();
        feed.ask("/v1/feed?after=0&wait=0");
        String page = feed.answer();
        feed.ask("/v1/feed?wait=60&after=" + page.replaceAll(".*\"head\":(\\d+).*", "$1"));
        await().until(() -> running.service().waitingBrokers() == 1);

        clock.move(Duration.ofDays(61));
        await().until(() -> !shown(running.device(null)).equals(est.serial()));
        await().until(() -> !shown(running.operator()).equals(operator.serial()));
        BigInteger renewed = shown(running.operator());
        assertThat(shown(running.device(null))).isEqualTo(renewed);
        est.ask("/.well-known/est/cacerts");
        assertThat(est.answer()).as("the connection before").isEqualTo(cas);
        assertThat(running.service().waitingBrokers()).isEqualTo(1);

        String next = running.post("/api/v1/issuers/prepare-issuing").path("id").asText();
        running.post("/api/v1/issuers/" + next + "/activate");
        await().until(() -> !shown(running.device(null)).equals(renewed));
        await().until(() -> !shown(running.operator()).equals(renewed));
        try (Kept moved = Kept.to(running.device(null))) {
          assertThat(running.service().issues(moved.shown())).isTrue();
          assertThat(running.service().issues(est.shown())).isFalse();
        }
        est.ask("/.well-known/est/cacerts");
        assertThat(est.answer()).isNotEqualTo(cas);
        assertThat(feed.answer()).as("the request that waited").contains(next);
      }
    }
  }
}
