package io.mintmark.simulators;

import io.mintmark.identity.FleetId;
import io.mintmark.simulators.Authorities.Authority;
import io.mintmark.simulators.Authorities.Refused;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the operator does in a rollover, one step after the other, each with what came of it. */
final class RolloverSteps {

  /** One of them; what it throws is why it failed. */
  @FunctionalInterface
  interface Step {
    Claim show(RolloverRow row) throws Exception;
  }

  /** Something that is waited for. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration SLACK = Duration.ofSeconds(45);
  private static final int MOST_NAMED = 3;
  private static final Pattern REACH = Pattern.compile("[0-9]+ of [0-9]+ devices hold it");

  private final Site site;
  private final Authorities authorities;
  private final RollingFleet fleet;
  private final FleetId label;
  private final List<RollingApplication> applications;
  private final Duration lifetime;
  private final Progress progress;
  private final Figures figures;
  private String oldRoot;
  private String newRoot;
  private X509Certificate newIssuing;

  /**
   * @param label the fleet's
   * @param applications those that renew along with it
   * @param lifetime of the devices' certificates
   */
  RolloverSteps(
      Site site,
      Authorities authorities,
      RollingFleet fleet,
      FleetId label,
      List<RollingApplication> applications,
      Duration lifetime,
      Progress progress,
      Figures figures) {
    this.site = site;
    this.authorities = authorities;
    this.fleet = fleet;
    this.label = label;
    this.applications = applications;
    this.lifetime = lifetime;
    this.progress = progress;
    this.figures = figures;
  }

  /** Nobody needs to be told: devices trust the root. */
  Claim newIssuing(RolloverRow row) throws IOException, InterruptedException {
    oldRoot = active("root");
    handOver();
    return renewed(row, "issuing-ca");
  }

  /** The new root is prepared, and activated before anybody can have heard of it. */
  Claim tooEarly(RolloverRow row) throws IOException {
    newRoot = authorities.prepareRoot();
    try {
      authorities.activate(newRoot);
      return claim(row, false, "activated", "nobody held it, and it was activated");
    } catch (Refused e) {
      List<String> lines = e.getMessage().lines().map(String::strip).toList();
      List<String> names = lines.subList(1, lines.size());
      Matcher reach = REACH.matcher(lines.get(0));
      String missing = String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size())));
      progress.step("Refused: " + lines.get(0));
      return claim(
          row,
          reach.find() && !names.isEmpty(),
          (reach.reset().find() ? reach.group() : "refused") + ", missing: " + missing
              + (names.size() > MOST_NAMED ? ", ..." : ""),
          e.getMessage());
    }
  }

  /** Once the devices have said that they hold it, the service lets it be activated. */
  Claim held(RolloverRow row) throws IOException, InterruptedException {
    X509Certificate root = authorities.certificate(newRoot);
    long start = System.nanoTime();
    boolean broker = await(
        "the broker's trust",
        () -> brokerFace().asksFor().contains(root.getSubjectX500Principal()));
    await("hold the new root", () -> fleet.trusting(root).size() == fleet.size());
    String[] refusal = {null};
    boolean activated = await("activation", () -> {
      try {
        authorities.activate(newRoot);
        return true;
      } catch (Refused e) {
        refusal[0] = e.getMessage();
        return false;
      }
    });
    long holding = fleet.trusting(root).size();
    figures.put("root.held-s", seconds(start));
    return claim(
        row,
        broker && activated && holding == fleet.size(),
        "%d/%d in %.0f s".formatted(holding, fleet.size(), seconds(start)),
        (broker ? "" : "the broker does not trust it; ")
            + (activated ? "" : "activation refused: " + refusal[0]));
  }

  /** An issuing CA under the new root takes over. */
  Claim renewed(RolloverRow row) throws IOException, InterruptedException {
    handOver();
    return renewed(row, "root");
  }

  /** Those that are no devices. */
  Claim others(RolloverRow row) throws IOException, InterruptedException {
    for (RollingApplication each : applications) {
      each.renew();
    }
    boolean application =
        applications.stream().allMatch(each -> isBy(each.credential().certificate()));
    boolean service = await("the service's certificate", () -> serviceFace().isBy(newIssuing));
    boolean broker = await("the broker's certificate", () -> brokerFace().isBy(newIssuing));
    String text = "service %s, broker %s, application %s"
        .formatted(yes(service), yes(broker), yes(application));
    return claim(row, application && service && broker, text, text);
  }

  /** Refused for as long as certificates below it are good. */
  Claim retired(RolloverRow row) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String[] refusal = {""};
    boolean retired = await("retirement", () -> {
      try {
        authorities.retire(oldRoot);
        return true;
      } catch (Refused e) {
        refusal[0] = e.getMessage();
        return false;
      }
    });
    return claim(
        row,
        retired,
        retired
            ? (refusal[0].isEmpty() ? "at once" : "once nothing below it was good, after %.0f s")
                .formatted(seconds(start))
            : "refused",
        refusal[0]);
  }

  /** Wherever it was trusted. */
  Claim gone(RolloverRow row) throws IOException, InterruptedException {
    RootTraces traces = new RootTraces(
        site,
        label,
        authorities,
        fleet,
        authorities.certificate(oldRoot),
        authorities.certificate(newRoot));
    boolean gone = await("the old root to leave", () -> traces.places().isEmpty());
    List<String> left = gone ? List.of() : traces.places();
    return claim(row, left.isEmpty(), left.isEmpty() ? "yes" : "no", String.join(", ", left));
  }

  /** It trusts the old root alone, and its certificate has expired. */
  Claim latecomer(RolloverRow row, VirtualDevice device) throws Exception {
    long start = System.nanoTime();
    device.start();
    Set<X509Certificate> next = Set.of(authorities.certificate(newRoot));
    boolean follows = await("the latecomer's trust", () -> device.trusted().equals(next));
    return claim(
        row,
        follows && isBy(device.credential().certificate()),
        "in %.2f s".formatted(seconds(start)),
        follows ? "its certificate is not by the new CA" : "it does not trust the new root alone");
  }

  private void handOver() throws IOException {
    String before = active("issuing");
    String id = authorities.prepareIssuing();
    authorities.activate(id);
    authorities.renewEarly(before, lifetime);
    newIssuing = authorities.certificate(id);
  }

  private Claim renewed(RolloverRow row, String figure) throws IOException, InterruptedException {
    long start = System.nanoTime();
    await("renewed", () -> fleet.renewedBy(newIssuing) == fleet.size());
    long renewed = fleet.renewedBy(newIssuing);
    figures.put(figure + ".renewed-s", seconds(start));
    return claim(
        row,
        renewed == fleet.size(),
        "%d/%d in %.0f s".formatted(renewed, fleet.size(), seconds(start)),
        "the others did not renew, or are not connected with the new certificate");
  }

  private boolean isBy(X509Certificate certificate) {
    return certificate.getIssuerX500Principal().equals(newIssuing.getSubjectX500Principal());
  }

  private TlsFace brokerFace() throws IOException {
    return TlsFace.of(site.brokerHost(), site.brokerPort());
  }

  private TlsFace serviceFace() throws IOException {
    URI service = site.service();
    return TlsFace.of(service.getHost(), service.getPort());
  }

  private String active(String role) throws IOException {
    return authorities.list().stream()
        .filter(a -> a.role().equals(role) && a.state().equals("active"))
        .map(Authority::id)
        .reduce((a, b) -> b)
        .orElseThrow(() -> new IOException("there is no active " + role + " CA"));
  }

  /** Two renewals may be needed, and the broker looks at its trust store now and then. */
  private boolean await(String what, Condition condition) throws IOException, InterruptedException {
    long start = System.nanoTime();
    long limit = lifetime.multipliedBy(2).plus(SLACK).toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - start > limit) {
        return false;
      }
      progress.update("waiting for %s, %.0f s".formatted(what, seconds(start)));
      Thread.sleep(LOOK.toMillis());
    }
    return true;
  }

  private static Claim claim(RolloverRow row, boolean held, String figure, String whyNot) {
    return Claim.of(row.title(), held, figure, held ? "" : whyNot);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static String yes(boolean held) {
    return held ? "yes" : "NO";
  }
}
