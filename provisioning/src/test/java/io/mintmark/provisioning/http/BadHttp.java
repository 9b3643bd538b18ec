package io.mintmark.provisioning.http;

import static io.mintmark.provisioning.http.BadInputStage.ENROLL;
import static io.mintmark.provisioning.http.BadInputStage.PKCS10;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mintmark.provisioning.http.BadInputStage.Sending;
import java.util.Map;

/** The wrong method, path, media type or length. */
final class BadHttp {
  private BadHttp() {}

  static void add(Map<String, Sending> rows, BadInputStage stage) {
    RawHttps device = stage.running.device(stage.bootstrap);
    byte[] request = stage.request;
    rows.put("`GET` of `simpleenroll`", () -> device.get(ENROLL));
    rows.put("`PUT`, or any other method", () -> device.send("PUT", ENROLL, request));
    rows.put(
        "`POST` to `cacerts`",
        () -> device.post("/.well-known/est/sensors/cacerts", PKCS10, request));
    rows.put(
        "`POST` to `csrattrs`",
        () -> device.post("/.well-known/est/sensors/csrattrs", PKCS10, request));
    rows.put("`GET` of `serverkeygen`", () -> device.get("/.well-known/est/sensors/serverkeygen"));
    rows.put(
        "another media type",
        () -> device.post(ENROLL, "application/x-www-form-urlencoded", request));
    rows.put("no media type", () -> device.send("POST", ENROLL, request));
    rows.put("an empty body", () -> device.post(ENROLL, PKCS10, new byte[0]));
    rows.put("65,537 bytes", () -> device.post(ENROLL, PKCS10, new byte[64 * 1024 + 1]));
    rows.put("65,537 bytes in chunks", () -> device.raw(chunked()));
    path(rows, stage, "a label no fleet has", "/.well-known/est/nobody/simpleenroll");
    path(rows, stage, "a label in capitals", "/.well-known/est/SENSORS/simpleenroll");
    rows.put(
        "a label no fleet has, to `cacerts`", () -> device.get("/.well-known/est/nobody/cacerts"));
    rows.put(
        "a label no fleet has, to `csrattrs`",
        () -> device.get("/.well-known/est/nobody/csrattrs"));
    path(rows, stage, "no label where no fleet is the default", "/.well-known/est/simpleenroll");
    rows.put("the same to `csrattrs`", () -> device.get("/.well-known/est/csrattrs"));
    path(rows, stage, "the same to `serverkeygen`", "/.well-known/est/serverkeygen");
    path(rows, stage, "`serverkeygen` where it is off", "/.well-known/est/sensors/serverkeygen");
    path(rows, stage, "`/` at the end", ENROLL + "/");
    path(rows, stage, "an empty segment", "/.well-known/est//sensors/simpleenroll");
    path(rows, stage, "`%2F` for `/`", "/.well-known/est/sensors%2Fsimpleenroll");
    path(rows, stage, "an escaped letter", "/.well-known/est/%73ensors/simpleenroll");
    path(rows, stage, "`..` in the path", "/.well-known/est/others/../sensors/simpleenroll");
    path(rows, stage, "a path parameter", ENROLL + ";x=1");
    path(rows, stage, "`EST` in capitals", "/.well-known/EST/sensors/simpleenroll");
    path(rows, stage, "a segment too many", "/.well-known/est/sensors/x/simpleenroll");
    path(rows, stage, "an operation there is not", "/.well-known/est/sensors/fullcmc");
    rows.put("a broken escape in the query", () -> device.post(ENROLL + "?x=%zz", PKCS10, request));
  }

  private static void path(
      Map<String, Sending> rows, BadInputStage stage, String what, String path) {
    rows.put(what, () -> stage.running.device(stage.bootstrap).post(path, PKCS10, stage.request));
  }

  private static byte[] chunked() {
    String head = String.join(
        "\r\n",
        "POST " + ENROLL + " HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        "Content-Type: application/pkcs10",
        "Transfer-Encoding: chunked",
        "",
        "");
    String chunk = "1000\r\n" + "A".repeat(4096) + "\r\n";
    return (head + chunk.repeat(16) + "1\r\nA\r\n0\r\n\r\n").getBytes(US_ASCII);
  }
}
