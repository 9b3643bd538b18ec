package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a demo showed. Immutable.
 *
 * @param started when it began
 * @param finished when it ended
 * @param devices how many devices the fleet had
 * @param environment where it ran
 * @param claims one for each thing it was to show, in order
 * @param figures what was measured, by name; a name ends in its unit unless it counts
 */
public record DemoReport(
    Instant started,
    Instant finished,
    int devices,
    Environment environment,
    List<Claim> claims,
    Map<String, Number> figures)
    implements MeasuredReport {

  public DemoReport {
    claims = List.copyOf(claims);
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /** Whether every claim held; false also where there is none. */
  @Override
  @JsonProperty
  public boolean passed() {
    return !claims.isEmpty() && claims.stream().allMatch(Claim::passed);
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /**
   * One line a claim, under a failed one its reason, and a last line that sums up. Plain text, each
   * line ended by a line feed.
   */
  @Override
  public String table() {
    int width = claims.stream().mapToInt(c -> c.name().length()).max().orElse(0);
    StringBuilder out = new StringBuilder();
    for (Claim claim : claims) {
      String line = "%s  %-" + Math.max(1, width) + "s  %s";
      out.append(line.formatted(claim.passed() ? "PASS" : "FAIL", claim.name(), claim.figure())
              .stripTrailing())
          .append('\n');
      if (!claim.passed() && !claim.detail().isEmpty()) {
        out.append("      ").append(claim.detail()).append('\n');
      }
    }
    long held = claims.stream().filter(Claim::passed).count();
    out.append('\n')
        .append(held == claims.size() ? "All " + held : held + " of " + claims.size())
        .append(" claims hold. ")
        .append(devices == 1 ? "1 device, " : devices + " devices, ")
        .append(took(Duration.between(started, finished)))
        .append(", Java ")
        .append(environment.java())
        .append(", ")
        .append(environment.processors())
        .append(" processors, ECDSA by ")
        .append(environment.signatures())
        .append('\n');
    return out.toString();
  }

  private static String took(Duration time) {
    return time.toDays() > 1 ? time.toDays() + " days" : time.toSeconds() + " s";
  }
}
