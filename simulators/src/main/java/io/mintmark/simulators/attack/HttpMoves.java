package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.plain;

import java.io.IOException;
import java.util.List;

/** Requests that two readers could take for different ones. */
final class HttpMoves {

  private static final String CACERTS = "/.well-known/est/cacerts";
  private static final String SMUGGLED =
      "GET " + CACERTS + " HTTP/1.1\r\nHost: smuggled\r\nConnection: close\r\n\r\n";

  private HttpMoves() {}

  static List<HostileMove> all() {
    return List.of(
        plain(
            "http.two-lengths",
            "a request with two different Content-Lengths, and another in its body",
            "400 and closed, one answer (RFC 9112, 6.3)",
            stage -> smuggled(
                stage, "Content-Length: 0\r\nContent-Length: " + SMUGGLED.length() + "\r\n\r\n")),
        plain(
            "http.length-and-chunked",
            "Content-Length and Transfer-Encoding in one request",
            "400 and closed, one answer (RFC 9112, 6.1)",
            stage -> smuggled(
                stage, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
        plain(
            "http.obscured-chunked",
            "Transfer-Encoding: xchunked, and with a space before the colon",
            "400 or 501, one answer (RFC 9112, 5.1 and 6.1)",
            stage -> smuggled(stage, "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")
                .and(smuggled(stage, "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"))),
        plain(
            "http.bad-length",
            "Content-Length: -1, +5, 5,6 and 0x5",
            "400 and closed (RFC 9112, 6.3)",
            stage -> {
              Verdict all = null;
              for (String length : List.of("-1", "+5", "5,6", "0x5")) {
                Verdict one = smuggled(stage, "Content-Length: " + length + "\r\n\r\nhello");
                all = all == null ? one : all.and(one);
              }
              return all;
            }),
        plain(
            "http.bad-chunk",
            "chunks of the sizes -1, 0x5, 5 with junk, and of 17 digits",
            "400 and closed (RFC 9112, 7.1)",
            stage -> {
              Verdict all = null;
              for (String size : List.of("-1", "0x5", "5 5", "g", "fffffffffffffffff")) {
                Verdict one = smuggled(
                    stage, "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\nhello\r\n0\r\n\r\n");
                all = all == null ? one : all.and(one);
              }
              return all;
            }),
        plain(
            "http.folded-header",
            "a header continued on the next line",
            "400 (RFC 9112, 5.2)",
            stage ->
                smuggled(stage, "X-Folded: a\r\n Content-Length: 5\r\nContent-Length: 0\r\n\r\n")),
        plain(
            "http.nul-in-header",
            "a header with U+0000, and one with a bare CR",
            "400 (RFC 9110, 5.5; RFC 9112, 2.2)",
            stage -> smuggled(stage, "X-Nul: a\0b\r\nContent-Length: 0\r\n\r\n")
                .and(smuggled(stage, "X-Cr: a\rb: c\r\nContent-Length: 0\r\n\r\n"))),
        plain(
            "http.split-answer",
            "line ends, escaped, in path and query, to put a header into the answer",
            "404 or 400, and no such header (RFC 9110, 5.5)",
            stage -> split(stage, "/.well-known/est/x%0d%0aX-Put-In:%20yes/cacerts")
                .and(split(stage, "/x%0d%0a%0d%0aHTTP/1.1%20200%20OK?y=%0d%0aX-Put-In:%20yes"))),
        plain(
            "http.two-hosts",
            "two Host headers",
            "400 (RFC 9112, 3.2)",
            stage -> smuggled(stage, "Host: elsewhere.example\r\nContent-Length: 0\r\n\r\n")),
        plain(
            "http.header-overflow",
            "headers of 64 KiB",
            "431 or 400 (est.md, Limits; RFC 6585, 5)",
            stage -> {
              control(stage);
              return stage
                  .ground()
                  .service(null)
                  .get(CACERTS, "X-Long: " + "x".repeat(65_536))
                  .refused(400, 431);
            }),
        plain(
            "http.address-overflow",
            "an address of 64 KiB",
            "414, 431 or 404 (RFC 9110, 15.5.15)",
            stage -> {
              control(stage);
              return stage
                  .ground()
                  .service(null)
                  .get(CACERTS + "?x=" + "x".repeat(65_536))
                  .refused(400, 404, 414, 431);
            }),
        plain(
            "http.version",
            "HTTP/0.9, HTTP/3.7 and the preface of HTTP/2",
            "400 or 505 (RFC 9110, 15.6.6)",
            stage -> lines(stage, "GET " + CACERTS)
                .and(lines(stage, "GET " + CACERTS + " HTTP/3.7", "Host: x"))
                .and(lines(stage, "PRI * HTTP/2.0", "", "SM"))),
        plain(
            "http.connect",
            "to use the service as a proxy: CONNECT and absolute addresses",
            "no tunnel: 4xx (RFC 9110, 9.3.6)",
            stage -> lines(
                    stage,
                    "CONNECT elsewhere.example:443 HTTP/1.1",
                    "Host: elsewhere.example:443",
                    "Connection: close")
                .and(lines(
                    stage,
                    "GET http://elsewhere.example/ HTTP/1.1",
                    "Host: elsewhere.example",
                    "Connection: close"))),
        plain(
            "http.no-tls",
            "HTTP without TLS on a port that wants it",
            "closed, or 400 without content (RFC 8446, 6)",
            HttpMoves::withoutTls));
  }

  private static void control(Stage stage) throws IOException {
    stage
        .ground()
        .require(
            "the service does not answer an honest request",
            () -> stage.ground().service(null).get(CACERTS).status() == 200);
  }

  /** A request to nowhere with these headers, and one to somewhere behind it. */
  private static Verdict smuggled(Stage stage, String headers) throws IOException {
    control(stage);
    HttpAnswer answer = stage
        .ground()
        .service(null)
        .raw(Packet.utf8(
            "GET " + CACERTS + " HTTP/1.1\r\nHost: localhost\r\n" + headers + SMUGGLED));
    return answer.answers() > 1
        ? Verdict.leak(answer.answers() + " answers to one request")
        : orClosed(answer, 400, 431, 501);
  }

  private static Verdict split(Stage stage, String target) throws IOException {
    control(stage);
    HttpAnswer answer = stage.ground().service(null).get(target);
    return answer.answers() > 1 || answer.head().contains("\nX-Put-In")
        ? Verdict.leak("a header of the client's in the answer")
        : answer.refused(400, 404);
  }

  private static Verdict lines(Stage stage, String... lines) throws IOException {
    control(stage);
    byte[] request = Packet.utf8(String.join("\r\n", lines) + "\r\n\r\n");
    HttpAnswer answer = stage.ground().service(null).raw(request);
    return orClosed(answer, 400, 404, 405, 421, 426, 505);
  }

  private static Verdict orClosed(HttpAnswer answer, Integer... statuses) {
    return answer.status() == 0 ? Verdict.held(answer.toString()) : answer.refused(statuses);
  }

  private static Verdict withoutTls(Stage stage) throws IOException {
    control(stage);
    HttpAnswer answer = new HttpWire(stage.ground().target().service(), null).get(CACERTS);
    return orClosed(answer, 400, 403, 426);
  }
}
