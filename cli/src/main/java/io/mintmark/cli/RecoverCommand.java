package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "recover",
    description = "Take in what brokers remember after the service was restored from an older copy,"
        + " and issue certificates again.",
    mixinStandardHelpOptions = true)
final class RecoverCommand extends OperatorVerb {

  private static final long POLL_MILLIS = 500;

  @Option(
      names = "--without",
      paramLabel = "BROKER",
      description = "Do not wait for this broker; repeat it for more. What it alone knows is taken"
          + " in by another 'recover' when it has come back.")
  private List<String> without = new ArrayList<>();

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = DurationOption.class,
      description = "How long to wait for brokers (default: ${DEFAULT-VALUE}).")
  private Duration wait;

  @Override
  public Integer call() throws Exception {
    OperatorClient client = client();
    awaitBrokers(client);
    print(client.recover(without));
    return 0;
  }

  private void awaitBrokers(OperatorClient client) throws CommandFailure, InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    while (isMissing(client.recovery()) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private boolean isMissing(JsonNode recovery) {
    for (JsonNode broker : recovery.path("missing")) {
      if (!without.contains(broker.asText())) {
        return true;
      }
    }
    return false;
  }

  private static String memory(JsonNode broker) {
    return broker.path("sequence").asLong() == 0
        ? "nothing, its folder is new"
        : "the feed to " + broker.path("sequence").asLong() + ", "
            + broker.path("denials").asInt() + " denials";
  }

  private void print(JsonNode done) {
    PrintWriter out = out();
    if (done.path("brokers").isEmpty() && !done.hasNonNull("cause")) {
      out.println("there is nothing to recover: certificates are issued");
      return;
    }
    if (done.hasNonNull("cause")) {
      out.println(done.path("cause").asText());
    }
    boolean newer = false;
    for (JsonNode broker : done.path("brokers")) {
      newer |= broker.path("newer").asBoolean();
      out.println("  broker " + broker.path("name").asText() + " remembered " + memory(broker));
    }
    if (!newer) {
      out.println(
          "  no broker had read more of the feed than there is here: if devices were revoked"
              + " since " + done.path("lostFrom").asText() + ", revoke them again");
    }
    for (JsonNode broker : done.path("missing")) {
      out.println("  broker " + broker.asText() + " was left out: run this again when it is back");
    }
    JsonNode replayed = done.path("replayed");
    out.println("  taken in: " + replayed.path("devicesRevoked").asInt() + " devices revoked, "
        + replayed.path("devicesSuspended").asInt() + " suspended; "
        + replayed.path("certificatesEnded").asInt() + " certificates ended, "
        + replayed.path("certificatesUnknown").asInt() + " more that were not known");
    for (JsonNode ca : replayed.path("casRevoked")) {
      out.println("  taken in: " + ca.asText() + " revoked, with all it signed");
    }
    for (JsonNode difference : replayed.path("differences")) {
      out.println("  " + difference.asText());
    }
    out.println("certificates are issued again");
  }
}
