package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mintmark.provisioning.Misbehaviour;
import io.mintmark.provisioning.Misbehaviour.Mishap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Each mishap as a client sees it, and whether the request was done. */
class MisbehavingTest {

  private static final String EST = "/.well-known/est/sensors/simpleenroll";
  private static final String BODY = "0123456789".repeat(40);

  private final AtomicInteger done = new AtomicInteger();

  /** What came back, to the end of the connection; its last byte after so long. */
  private record Answer(String text, Duration took) {
    String body() {
      return text.substring(text.indexOf("\r\n\r\n") + 4);
    }

    String header(String name) {
      return text.lines()
          .filter(line -> line.startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse(null);
    }
  }

  private Answer ask(Mishap mishap, String path) throws Exception {
    return ask(new Misbehaviour(Duration.ZERO, Duration.ZERO, Map.of(mishap, 1.0), 1), path);
  }

  private Answer ask(Misbehaviour misbehaviour, String path) throws Exception {
    Server server = new Server();
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    Misbehaving misbehaving = new Misbehaving(misbehaviour, 10);
    misbehaving.setHandler(new Answering());
    server.setHandler(misbehaving);
    server.start();
    try {
      return get(connector.getLocalPort(), path);
    } finally {
      server.stop();
    }
  }

  private static Answer get(int port, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      long start = System.nanoTime();
      String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      String text = new String(RawHttps.readAll(socket.getInputStream()), ISO_8859_1);
      return new Answer(text, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private final class Answering extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      done.incrementAndGet();
      response.setStatus(200);
      ByteBuffer body = ByteBuffer.wrap(BODY.getBytes(UTF_8));
      ByteBuffer half = body.slice(0, 100);
      response.write(
          false,
          half,
          Callback.from(
              () -> response.write(true, body.slice(100, body.remaining() - 100), callback),
              callback::failed));
      return true;
    }
  }

  @Test
  void closesTheConnectionOfARequestItDoesNotLookAt() throws Exception {
    assertThat(ask(Mishap.DROP, EST).text()).isEmpty();
    assertThat(done).hasValue(0);
  }

  @Test
  void losesTheAnswerToARequestThatIsDone() throws Exception {
    assertThat(ask(Mishap.LOST_ANSWER, EST).text()).isEmpty();
    assertThat(done).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({"ERROR, 500", "RETRY_AFTER, 503", "TOO_MANY, 429"})
  void saysNo(Mishap mishap, int status) throws Exception {
    Answer answer = ask(mishap, EST);
    assertThat(answer.text()).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer.body()).isEqualTo("misbehaving on purpose\n");
    assertThat(answer.header("Retry-After") != null).isEqualTo(mishap != Mishap.ERROR);
    assertThat(done).hasValue(0);
  }

  @Test
  void saysWhenToComeAgainInBothForms() throws Exception {
    Set<String> forms = new HashSet<>();
    for (int seed = 1; forms.size() < 2 && seed < 50; seed++) {
      Answer answer = ask(
          new Misbehaviour(Duration.ZERO, Duration.ZERO, Map.of(Mishap.RETRY_AFTER, 1.0), seed),
          EST);
      String when = answer.header("Retry-After");
      if (when.length() == 1) {
        forms.add("seconds");
        assertThat(Integer.parseInt(when)).isBetween(1, 3);
      } else {
        forms.add("date");
        Instant date =
            ZonedDateTime.parse(when, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        assertThat(date).isBetween(Instant.now().minusSeconds(20), Instant.now().plusSeconds(4));
      }
    }
    assertThat(forms).hasSize(2);
  }

  @Test
  void endsInTheMiddleOfTheBody() throws Exception {
    Answer answer = ask(Mishap.TRUNCATE, EST);
    assertThat(answer.header("Content-Length")).isEqualTo("400");
    assertThat(answer.body()).isEqualTo(BODY.substring(0, 200));
    assertThat(done).hasValue(1);
  }

  @Test
  void sendsTheBodyInPieces() throws Exception {
    Answer answer = ask(Mishap.TRICKLE, EST);
    assertThat(answer.body()).isEqualTo(BODY);
    assertThat(answer.took()).isGreaterThanOrEqualTo(Duration.ofMillis(190));
  }

  @Test
  void answersLateAndOtherwiseAsItShould() throws Exception {
    Duration late = Duration.ofMillis(300);
    Answer answer = ask(new Misbehaviour(late, late, Map.of(), 1), EST);
    assertThat(answer.text()).startsWith("HTTP/1.1 200 ");
    assertThat(answer.body()).isEqualTo(BODY);
    assertThat(answer.took()).isGreaterThanOrEqualTo(late);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/renewal-info/x, true",
    "/v1/bundle, true",
    "/v1/feed, false",
    "/v1/sessions, false"
  })
  void leavesBrokersAlone(String path, boolean meant) throws Exception {
    assertThat(ask(Mishap.DROP, path).text().isEmpty()).isEqualTo(meant);
  }

  @Test
  void saysInTheLogWhatItDid() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.mintmark.provisioning.misbehave");
    LogLines log = new LogLines();
    logger.setLevel(Level.INFO);
    log.attach();
    try {
      ask(Mishap.LOST_ANSWER, EST);
    } finally {
      log.detach();
      logger.setLevel(null);
    }
    assertThat(log.lines())
        .containsExactly("INFO misbehaving at request 1: GET " + EST
            + " from 127.0.0.1: done (200), connection closed in place of the answer, 0 ms late");
  }
}
