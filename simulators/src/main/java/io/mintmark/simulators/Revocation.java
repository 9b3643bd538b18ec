package io.mintmark.simulators;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstException;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.simulators.attack.HostileMove;
import io.mintmark.simulators.attack.HostileMoves;
import io.mintmark.simulators.attack.Stage;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;

/**
 * A connected device is revoked: its live session ends, and how soon is said; its certificate does not
 * open the broker any more, and neither that certificate nor the factory's gets it another.
 */
final class Revocation {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int FORBIDDEN = 403;

  /** What the service said to a request. */
  @FunctionalInterface
  private interface Request {
    Credential send() throws EstException;
  }

  private Revocation() {}

  /** Revokes the last device of the fleet, for good. */
  static Claim show(DemoRow row, DemoScene scene, Figures figures) throws Exception {
    Stage stage = scene.stage();
    List<VirtualDevice> connected = scene.fleet().connected();
    if (connected.isEmpty()) {
      return Claim.notRun(row.title(), "no device is connected");
    }
    VirtualDevice device = connected.get(connected.size() - 1);
    Credential old = device.credential();
    long start = System.nanoTime();
    scene.installation().revoke(device.id());
    boolean cut = awaitLoss(device, start);
    double millis = (device.lostAt() - start) / 1e6;
    device.close();

    Claim reconnect =
        HostileMove.claim(row.title(), HostileMoves.goodOnce("reconnect", old), stage);
    String renewal = answer(() -> new Enrolment(scene.installation(), DemoScene.FLEET)
        .renew(old, CertificateRequest.newKeyPair()));
    KeyPair oldKeys = new KeyPair(old.certificate().getPublicKey(), old.key());
    String enrolment = answer(() -> new Enrolment(scene.installation(), DemoScene.FLEET)
        .enrol(device.id(), device.bootstrap(), oldKeys));
    // The service still serves who is not revoked; else its refusals would say nothing.
    stage.renewVictim();

    boolean refused = reconnect.passed() && renewal == null && enrolment == null;
    if (cut) {
      figures.put("revocation.cut-ms", millis);
    }
    String detail = (cut ? "" : "the session was not cut within " + PATIENCE.toSeconds() + " s; ")
        + reconnect.detail()
        + "; simplereenroll with its certificate -> "
        + (renewal == null ? "403" : renewal)
        + "; simpleenroll with its factory certificate and old key -> "
        + (enrolment == null ? "403" : enrolment);
    return Claim.of(
        row.title(),
        cut && refused,
        (cut ? "cut in %.0f ms".formatted(millis) : "NOT cut")
            + (refused ? ", refused" : ", NOT refused"),
        detail);
  }

  private static boolean awaitLoss(VirtualDevice device, long since) throws InterruptedException {
    long end = since + PATIENCE.toNanos();
    while (device.lostAt() - since < 0 || device.disconnects() == 0) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(1);
    }
    return true;
  }

  /** Null if it was refused with 403; else what happened instead. */
  private static String answer(Request request) {
    try {
      request.send();
      return "a certificate was ISSUED";
    } catch (EstRefusedException e) {
      return e.status() == FORBIDDEN ? null : e.getMessage();
    } catch (EstException e) {
      return e.getMessage();
    }
  }
}
