package io.mintmark.simulators.attack;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The operator API without what opens it. */
final class ApiMoves {

  private static final String UNAUTHORIZED = "401 (RFC 6750, 3; operate.md, The API)";
  private static final String SERVICE = "/api/v1/service";

  private ApiMoves() {}

  static List<HostileMove> all() {
    return List.of(
        move("api.no-token", "every kind of request without a token", UNAUTHORIZED, stage -> {
          Verdict all = refused(stage, stage.ground().api().get(SERVICE));
          for (String path : List.of(
              "/api/v1/devices",
              "/api/v1/fleets",
              "/api/v1/audit",
              "/api/v1/issuers",
              "/api/v1/applications",
              "/api/v1/certificates")) {
            all = all.and(stage.ground().api().get(path).refused(401));
          }
          return all.and(stage
                  .ground()
                  .api()
                  .post(
                      "/api/v1/devices/x/revoke",
                      "application/json",
                      Packet.utf8("{\"reason\":\"keyCompromise\"}"))
                  .refused(401))
              .and(stage
                  .ground()
                  .api()
                  .send(
                      "PUT",
                      "/api/v1/fleets",
                      Packet.utf8("fleet: x\n"),
                      "Content-Type: application/yaml")
                  .refused(401))
              .and(stage
                  .ground()
                  .api()
                  .send("DELETE", "/api/v1/fleets/x?force=true", null)
                  .refused(401));
        }),
        move(
            "api.wrong-token",
            "tokens that are made up, and empty ones",
            UNAUTHORIZED,
            stage -> with(stage, "Authorization: Bearer " + "A".repeat(43))
                .and(with(stage, "Authorization: Bearer "))
                .and(with(stage, "Authorization: Bearer null"))),
        cast(
            "api.truncated-token",
            "the right token without its last character, and with one more",
            UNAUTHORIZED,
            stage -> {
              String token = stage.ground().token();
              return with(stage, "Authorization: Bearer " + token.substring(0, token.length() - 1))
                  .and(with(stage, "Authorization: Bearer " + token + "A"));
            }),
        cast("api.token-case", "the right token in another case", UNAUTHORIZED, stage -> {
          String token = stage.ground().token();
          String upper = token.toUpperCase(Locale.ROOT);
          String other = upper.equals(token) ? token.toLowerCase(Locale.ROOT) : upper;
          return with(stage, "Authorization: Bearer " + other);
        }),
        cast(
            "api.token-in-url",
            "a token in the address, where logs keep it: made up, as long as the right one",
            "401: tokens are taken from the header alone (RFC 6750, 5.3)",
            stage -> {
              // The right one opens the API in its header, and stays out of every address.
              String token = "A".repeat(stage.ground().token().length());
              return refused(stage, stage.ground().api().get(SERVICE + "?access_token=" + token))
                  .and(stage.ground().api().get(SERVICE + "?token=" + token).refused(401));
            }),
        cast(
            "api.token-elsewhere",
            "the right token as a cookie, in a form, and as a password",
            UNAUTHORIZED,
            stage -> {
              String token = stage.ground().token();
              String basic = Base64.getEncoder()
                  .encodeToString(("operator:" + token).getBytes(StandardCharsets.UTF_8));
              return with(stage, "Cookie: token=" + token + "; access_token=" + token)
                  .and(with(stage, "Authorization: Basic " + basic))
                  .and(with(stage, "X-Auth-Token: " + token))
                  .and(stage
                      .ground()
                      .api()
                      .post(
                          "/api/v1/approvals/1/approve",
                          "application/x-www-form-urlencoded",
                          Packet.utf8("access_token=" + token))
                      .refused(401));
            }),
        cast(
            "api.two-tokens",
            "a made-up token and the right one in two headers",
            "400 or 401 (RFC 9110, 5.3)",
            stage -> stage
                .ground()
                .api()
                .get(
                    SERVICE,
                    "Authorization: Bearer " + "A".repeat(43),
                    stage.ground().authorization())
                .refused(400, 401)),
        cast(
            "api.certificate",
            "certificates of a device, an application and a factory in place of a token",
            UNAUTHORIZED + "; no certificate opens it (architecture.md, Processes and ports)",
            stage -> certificate(stage, stage.intruder())
                .and(certificate(stage, stage.ground().otherApplication()))
                .and(certificate(stage, stage.intruderBootstrap()))),
        move(
            "api.method-override",
            "a method in a header or a parameter",
            "401 or 405 (RFC 9110, 9)",
            stage -> stage
                .ground()
                .api()
                .get(SERVICE, "X-HTTP-Method-Override: DELETE")
                .refused(401, 405)
                .and(stage.ground().api().send("TRACE", SERVICE, null).refused(401, 405))
                .and(stage.ground().api().send("OPTIONS", "*", null).refused(400, 401, 404, 405))),
        move(
            "api.path",
            "the API on other paths: //, %2e%2e, ;x=, upper case, and its root",
            "401 or 404, whichever way it is written (RFC 3986, 6.2)",
            stage -> {
              List<String> paths = new ArrayList<>(List.of(
                  "//api/v1/service",
                  "/api//v1/service",
                  "/x/../api/v1/service",
                  "/x/%2e%2e/api/v1/service",
                  "/api/v1/service;x=y",
                  "/api;x=y/v1/service",
                  "/API/v1/service",
                  "/api/v1/service/",
                  "/api/v1/service%00",
                  "/api/v1/%73ervice",
                  "/",
                  "/api/v1/..;/v1/service"));
              Verdict all = null;
              for (String path : paths) {
                Verdict one = stage.ground().api().get(path).refused(400, 401, 404);
                all = all == null ? one : all.and(one);
              }
              return all;
            }),
        cast(
            "api.foreign-origin",
            "the API by a page of another site: a preflight, and a request with an Origin",
            "401 or 405, and no Access-Control-Allow-Origin (Fetch, 3.2)",
            stage -> {
              HttpAnswer asked = stage
                  .ground()
                  .api()
                  .send(
                      "OPTIONS",
                      SERVICE,
                      null,
                      "Origin: https://elsewhere.example",
                      "Access-Control-Request-Method: POST",
                      "Access-Control-Request-Headers: authorization");
              HttpAnswer answer = stage
                  .ground()
                  .api()
                  .get(
                      SERVICE,
                      "Origin: https://elsewhere.example",
                      stage.ground().authorization());
              boolean allowed = (asked.head() + answer.head())
                  .toLowerCase(Locale.ROOT)
                  .contains("access-control-allow");
              if (allowed) {
                return Verdict.leak("another site is allowed: " + answer.head());
              }
              // Without a success there is nothing that a page could have read.
              return answer.status() == 200
                  ? asked.refused(401, 405)
                  : Verdict.unproven("the right token with an Origin met: " + answer);
            }),
        cast(
            "api.form",
            "a change in a media type that a form of another site can send, with the right token",
            "415 (operate.md, The API)",
            stage -> sent(stage, "text/plain", "{}")
                .refused(415)
                .and(sent(stage, "application/x-www-form-urlencoded", "{}").refused(415))),
        cast(
            "api.deep-json",
            "JSON that nests 20,000 deep, with the right token",
            "400 (operate.md, The API)",
            stage -> sent(stage, "application/json", "[".repeat(20_000))
                .refused(400)
                .and(sent(stage, "application/json", "{\"certificate\":".repeat(4_000))
                    .refused(400))),
        cast(
            "api.on-device-port",
            "the operator API at the devices' port, with the right token",
            "404 (architecture.md, Processes and ports)",
            stage -> stage
                .ground()
                .service(null)
                .get(SERVICE, stage.ground().authorization())
                .refused(404)
                .and(stage
                    .ground()
                    .service(stage.intruder())
                    .get("/api/v1/devices", stage.ground().authorization())
                    .refused(404))),
        cast(
            "api.devices-at-operators",
            "EST and the feed at the operators' port",
            "401 or 404 (architecture.md, Processes and ports)",
            stage -> stage
                .ground()
                .api(stage.intruder())
                .get("/v1/feed")
                .refused(401, 404)
                .and(stage
                    .ground()
                    .api(stage.intruder())
                    .get("/.well-known/est/cacerts")
                    .refused(401, 404))),
        cast(
            "api.id-injection",
            "a device id that is a path, with the right token",
            "400 or 404: ids have a grammar (DESIGN: device ids)",
            stage -> {
              String token = stage.ground().authorization();
              return stage
                  .ground()
                  .api()
                  .get("/api/v1/devices/..%2ffleets", token)
                  .refused(400, 404)
                  .and(stage
                      .ground()
                      .api()
                      .get("/api/v1/devices/%2e%2e/service", token)
                      .refused(400, 404))
                  .and(stage
                      .ground()
                      .api()
                      .get("/api/v1/devices/'%20OR%20'1'='1", token)
                      .refused(400, 404));
            }));
  }

  /** A claim that is none, by an operator. */
  private static HttpAnswer sent(Stage stage, String mediaType, String body) throws IOException {
    control(stage);
    return stage
        .ground()
        .api()
        .post(
            "/api/v1/fleets/" + stage.victim().fleet() + "/claims",
            mediaType,
            Packet.utf8(body),
            stage.ground().authorization());
  }

  private static HostileMove move(String id, String tries, String expected, HostileMove.Play play) {
    return new HostileMove(id, tries, expected, EnumSet.of(Need.API), play);
  }

  private static HostileMove cast(String id, String tries, String expected, HostileMove.Play play) {
    return new HostileMove(id, tries, expected, Set.of(Need.CAST, Need.API), play);
  }

  /** The same with the right token is answered; who has none has to believe the 401. */
  private static void control(Stage stage) throws IOException {
    if (stage.ground().target().operatorToken().isPresent()) {
      stage
          .ground()
          .require(
              "an operator's own token was refused",
              () -> stage
                      .ground()
                      .api()
                      .get(SERVICE, stage.ground().authorization())
                      .status()
                  == 200);
    }
  }

  private static Verdict refused(Stage stage, HttpAnswer answer) throws IOException {
    control(stage);
    return answer.refused(401);
  }

  private static Verdict with(Stage stage, String header) throws IOException {
    return refused(stage, stage.ground().api().get(SERVICE, header));
  }

  private static Verdict certificate(Stage stage, Credential shown) throws IOException {
    control(stage);
    try {
      return stage.ground().api(shown).get(SERVICE).refused(401);
    } catch (IOException e) {
      // That TLS refuses it is as good.
      return Verdict.of(Sighting.of(e), null);
    }
  }
}
