package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.provisioning.http.BadInputStage.Sending;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Devices that may not have what they ask for. */
final class BadDevices {

  static final String RACE = "a claim spent twice at once";

  /** Its claim, its device, its certificate, and that a use was taken and the device enrolled. */
  static final Map<String, Long> WHAT_THE_WINNER_CHANGES =
      Map.of("claims", 1L, "claim_uses", 1L, "devices", 1L, "certificates", 1L, "audit", 2L);

  private BadDevices() {}

  static void add(Map<String, Sending> rows, BadInputStage stage) {
    for (String device : List.of("d-9", "d-pinned", "d-pinned-2", "d-revoked", "d-suspended")) {
      rows.put(
          switch (device) {
            case "d-9" -> "a device that is not in the manifest";
            case "d-pinned" -> "a device whose key is not the one pinned";
            case "d-pinned-2" -> "a device whose certificate is not the one pinned";
            case "d-revoked" -> "a revoked device, enrolling";
            default -> "a suspended device, enrolling";
          },
          () -> stage.enroll(
              stage.signed(device).build().credential(), BadInputStage.request(device)));
    }
    rows.put(
        "a device of another fleet",
        () -> stage
            .running
            .device(stage.bootstrap)
            .post("/.well-known/est/others/simpleenroll", BadInputStage.PKCS10, stage.request));
    rows.put(
        "a revoked device, renewing",
        () -> stage.renew(stage.revoked, BadInputStage.renewal(stage.revoked)));
    rows.put(
        "a suspended device, renewing",
        () -> stage.renew(stage.suspended, BadInputStage.renewal(stage.suspended)));
    rows.put(
        "a certificate that is superseded, renewing",
        () -> stage.renew(stage.superseded, BadInputStage.renewal(stage.superseded)));
    renewal(rows, stage, "renewal at the label of another fleet", "others/");
    renewal(rows, stage, "a device's renewal without a label", "");
    rows.put(
        "an enrolled device enrolling again where that is denied",
        () -> stage.running.enroll(
            "locks",
            stage.running.bootstrap("lock-1").credential(),
            BadInputStage.request("lock-1")));
    rows.put(
        "a certificate that is no claim's, to a fleet of claims",
        () -> stage.running.enroll("lamps", stage.bootstrap, BadInputStage.request("lamp-1")));
    rows.put(RACE, () -> race(stage));
  }

  private static void renewal(
      Map<String, Sending> rows, BadInputStage stage, String what, String label) {
    rows.put(
        what,
        () -> stage
            .running
            .device(stage.current)
            .post(
                "/.well-known/est/" + label + "simplereenroll",
                BadInputStage.PKCS10,
                BadInputStage.renewal(stage.current)));
  }

  /** Two devices at the last use: one wins, and the other's answer is the row's. */
  private static RawHttps.Answer race(BadInputStage stage) throws Exception {
    Callable<RawHttps.Answer> first = () -> claim(stage, "lamp-1");
    Callable<RawHttps.Answer> second = () -> claim(stage, "lamp-2");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<RawHttps.Answer>> answers = threads.invokeAll(List.of(first, second));
      RawHttps.Answer one = answers.get(0).get();
      RawHttps.Answer other = answers.get(1).get();
      assertThat(List.of(one.status(), other.status())).containsExactlyInAnyOrder(200, 403);
      return one.status() == 200 ? other : one;
    } finally {
      threads.shutdownNow();
    }
  }

  private static RawHttps.Answer claim(BadInputStage stage, String device) throws Exception {
    return stage.running.enroll("lamps", stage.claim.credential(), BadInputStage.request(device));
  }
}
