package io.mintmark.simulators.attack;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The port of CRLs and OCSP, which anybody may ask, asked for other things. */
final class StatusMoves {

  private StatusMoves() {}

  static List<HostileMove> all() {
    return List.of(
        move(
            "status.path",
            "files beside the CRLs: .., %2e%2e, the token, the keys",
            "404 (trust.md, Which certificates are good)",
            stage -> {
              Verdict all = null;
              for (String path : List.of(
                  "/crl/../operator.token",
                  "/crl/%2e%2e/operator.token",
                  "/crl/..%2foperator.token.crl",
                  "/ca/../../operator.token.cer",
                  "/operator.token",
                  "//etc/passwd",
                  "/ca/..%2f..%2fca.key.cer")) {
                Verdict one = stage.ground().status().get(path).refused(400, 404);
                all = all == null ? one : all.and(one);
              }
              return all;
            }),
        move(
            "status.write",
            "to write where is only to be read: PUT, DELETE, POST",
            "404 or 405 (RFC 9110, 15.5.6)",
            stage -> stage
                .ground()
                .status()
                .send("PUT", "/crl/x.crl", Packet.utf8("x"))
                .refused(400, 404, 405)
                .and(stage
                    .ground()
                    .status()
                    .send("DELETE", "/crl/x.crl", null)
                    .refused(400, 404, 405))
                .and(stage
                    .ground()
                    .status()
                    .post("/ca/x.cer", "application/pkix-cert", Packet.utf8("x"))
                    .refused(400, 404, 405))),
        move(
            "status.other-ports",
            "EST, the feed and the operator API without TLS",
            "404 (architecture.md, Processes and ports)",
            stage -> {
              Verdict all = null;
              for (String path : List.of(
                  "/api/v1/service", "/v1/feed", "/.well-known/est/cacerts", "/v1/sessions")) {
                Verdict one = stage.ground().status().get(path).refused(404);
                all = all == null ? one : all.and(one);
              }
              return all;
            }),
        move(
            "status.oversize",
            "an OCSP request of 256 KiB",
            "413 or 400 (trust.md, Which certificates are good)",
            stage -> ocsp(stage, new byte[1 << 18])),
        move(
            "status.garbage",
            "OCSP requests that are none: a lone length, a deep nest",
            "400, or 200 with malformedRequest (RFC 6960, 4.2.1)",
            stage -> {
              byte[] nest = new byte[400];
              for (int i = 0; i < nest.length; i += 2) {
                nest[i] = 0x30;
                nest[i + 1] = (byte) 0x80;
              }
              return ocsp(stage, Packet.raw(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff))
                  .and(ocsp(stage, nest));
            }));
  }

  private static HostileMove move(String id, String tries, String expected, HostileMove.Play play) {
    return new HostileMove(id, tries, expected, Set.of(Need.STATUS), play);
  }

  /** RFC 6960, section 4.2.1: an OCSPResponse of malformedRequest (1) and nothing signed. */
  private static Verdict ocsp(Stage stage, byte[] request) throws IOException {
    // A port that is closed without an answer refuses nothing.
    stage
        .ground()
        .require(
            "nobody answers at the port of CRLs and OCSP",
            () -> stage.ground().status().get("/crl/").status() != 0);
    HttpAnswer answer = stage.ground().status().post("/ocsp", "application/ocsp-request", request);
    byte[] body = answer.body();
    boolean malformed = answer.status() == 200
        && body.length == 5
        && body[0] == 0x30
        && body[2] == 0x0a
        && body[4] == 1;
    if (malformed) {
      return Verdict.held("malformedRequest");
    }
    return answer.status() == 0 ? Verdict.held(answer.toString()) : answer.refused(400, 413);
  }
}
