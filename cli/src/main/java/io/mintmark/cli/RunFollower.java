package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;

/** Follows what the service does to many at once until it is done, and shows how far it is. */
final class RunFollower {

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final OperatorClient client;
  private final PrintWriter out;
  private final TerminalProgress progress;

  RunFollower(OperatorClient client, PrintWriter out, PrintWriter err) {
    this.client = client;
    this.out = out;
    this.progress = new TerminalProgress(err);
  }

  /** Returns when it is done. */
  void follow(JsonNode begun) throws CommandFailure, InterruptedException {
    long id = begun.path("id").asLong();
    progress.step("run " + id + ": " + begun.path("verb").asText() + " "
        + what(begun, begun.path("total").asLong()) + "; it goes on if this command ends");
    String fault = "";
    JsonNode run = begun;
    long pause = FIRST_PAUSE_MILLIS;
    while (!run.hasNonNull("finishedAt")) {
      Thread.sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      run = client.revocation(id);
      progress.update(run.path("done").asLong() + " of "
          + Math.max(run.path("total").asLong(), run.path("done").asLong()));
      if (!fault.equals(run.path("fault").asText())) {
        fault = run.path("fault").asText();
        progress.step(
            "run " + id + (fault.isEmpty() ? " goes on" : " waits and tries again: " + fault));
      }
    }
    progress.done();
    out.printf(
        "run %d: %s %s%s, in %.1f s%n",
        id,
        done(run.path("verb").asText()),
        what(run, run.path("done").asLong()),
        isOfDevices(run) ? " with " + number(run.path("certificates").asLong(), "certificate") : "",
        Duration.between(instant(run, "startedAt"), instant(run, "finishedAt")).toMillis() / 1e3);
    if (run.path("leftOut").asLong() > 0) {
      out.println(number(run.path("leftOut").asLong(), "certificate")
          + " of brokers left out: give the brokers others (mintmark broker invite), then find"
          + " these with 'mintmark certificate list --issuer "
          + run.path("subject").asText() + "' and revoke them by their serials");
    }
    out.flush();
  }

  private static Instant instant(JsonNode run, String field) {
    return Instant.parse(run.path(field).asText());
  }

  private static String done(String verb) {
    return switch (verb) {
      case "revoke" -> "revoked";
      case "suspend" -> "suspended";
      default -> "released";
    };
  }

  private static boolean isOfDevices(JsonNode run) {
    return run.path("scope").asText().equals("fleet");
  }

  private static String what(JsonNode run, long count) {
    String subject = run.path("subject").asText();
    if (isOfDevices(run)) {
      return number(count, "device") + " of fleet " + subject;
    }
    return number(count, "certificate")
        + (run.hasNonNull("before")
            ? " of issuing CA " + subject + " from before " + run.path("before").asText()
            : " that came of factory CA " + subject);
  }

  private static String number(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
