package io.mintmark.simulators;

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

  private final Installation installation;
  private final Authorities authorities;
  private final RolloverScene scene;
  private final RolloverOptions options;
  private final Progress progress;
  private final Figures figures;
  private final List<VirtualDevice> devices;
  private String oldRoot;
  private String newRoot;
  private X509Certificate newIssuing;

  RolloverSteps(
      Installation installation,
      Authorities authorities,
      RolloverScene scene,
      RolloverOptions options,
      Progress progress,
      Figures figures) {
    this.installation = installation;
    this.authorities = authorities;
    this.scene = scene;
    this.options = options;
    this.progress = progress;
    this.figures = figures;
    this.devices = scene.fleet().devices();
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
    await("hold the new root", () -> holding(root) == devices.size());
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
    long holding = holding(root);
    figures.put("root.held-s", seconds(start));
    return claim(
        row,
        broker && activated && holding == devices.size(),
        "%d/%d in %.0f s".formatted(holding, devices.size(), seconds(start)),
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
    scene.application().renew();
    boolean application = isBy(scene.application().credential().certificate());
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
        installation,
        authorities,
        devices,
        authorities.certificate(oldRoot),
        authorities.certificate(newRoot));
    boolean gone = await("the old root to leave", () -> traces.places().isEmpty());
    List<String> left = gone ? List.of() : traces.places();
    return claim(row, left.isEmpty(), left.isEmpty() ? "yes" : "no", String.join(", ", left));
  }

  /** It trusts the old root alone, and its certificate has expired. */
  Claim latecomer(RolloverRow row) throws Exception {
    VirtualDevice device = scene.latecomer();
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
    authorities.renewEarly(before, options.lifetime());
    newIssuing = authorities.certificate(id);
  }

  private Claim renewed(RolloverRow row, String figure) throws IOException, InterruptedException {
    long start = System.nanoTime();
    await("renewed", () -> renewedDevices() == devices.size());
    long renewed = renewedDevices();
    figures.put(figure + ".renewed-s", seconds(start));
    return claim(
        row,
        renewed == devices.size(),
        "%d/%d in %.0f s".formatted(renewed, devices.size(), seconds(start)),
        "the others did not renew, or are not connected with the new certificate");
  }

  /** Those whose connection is by a certificate of the new CA. */
  private long renewedDevices() {
    return devices.stream()
        .filter(VirtualDevice::isConnected)
        .map(VirtualDevice::credential)
        .filter(credential -> isBy(credential.certificate()))
        .count();
  }

  private long holding(X509Certificate root) throws IOException {
    long count = 0;
    for (VirtualDevice device : devices) {
      count += device.trusted().contains(root) ? 1 : 0;
    }
    return count;
  }

  private boolean isBy(X509Certificate certificate) {
    return certificate.getIssuerX500Principal().equals(newIssuing.getSubjectX500Principal());
  }

  private TlsFace brokerFace() throws IOException {
    return TlsFace.of(installation.brokerHost(), installation.brokerPort());
  }

  private TlsFace serviceFace() throws IOException {
    URI service = installation.service();
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
    long limit = options.lifetime().multipliedBy(2).plus(SLACK).toNanos();
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
