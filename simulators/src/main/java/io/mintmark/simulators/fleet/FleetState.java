package io.mintmark.simulators.fleet;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.DurationText;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import io.mintmark.simulators.Progress;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.fleet.CredentialLog.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What outlives a run, in one folder: the factory, and the credentials of its devices. A fleet is made
 * and enrolled once, and every later run begins where the last one ended, however that ended.
 *
 * <pre>
 * credentials   bootstrap and operational credentials, mode 0600 ({@link CredentialLog})
 * factory/      the factory's CA, fleet file and manifest ({@link Factory})
 * sdk/ID/       what the SDK keeps for one device, where it plays
 * </pre>
 *
 * <p>A folder belongs to one fleet of one installation; another's is refused. Thread-safe; one process
 * at a time.
 */
final class FleetState implements AutoCloseable {

  private static final String DOMAIN = "trust-domain";
  private static final String FLEET = "fleet";
  private static final String ROOTS = "roots";
  private static final String LIFETIME = "lifetime";
  private static final String LISTED = "listed";
  private static final String FROM_LINES = "\n";

  private final Site site;
  private final FleetPlan plan;
  private final CredentialLog log;

  private FleetState(Site site, FleetPlan plan, CredentialLog log) {
    this.site = site;
    this.plan = plan;
    this.log = log;
  }

  /**
   * Opens the state of a fleet, or begins it: makes the devices that are missing, and lists them with
   * the service.
   *
   * @throws IOException if the folder is another fleet's, in use, or cannot be read or written, or the
   *     service does not take fleet and manifest; one line
   */
  static FleetState open(Site site, FleetPlan plan, Progress progress) throws IOException {
    makeFolder(plan.state());
    CredentialLog log = CredentialLog.open(plan.state().resolve("credentials"));
    try {
      FleetState state = new FleetState(site, plan, log);
      state.prepare(progress);
      return state;
    } catch (IOException | RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** Its owner's alone where it is made here: keys are in it. */
  private static void makeFolder(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(folder);
    }
  }

  private void prepare(Progress progress) throws IOException {
    Map<String, String> before = fields(log.header());
    requireSame(before);
    String lifetime = DurationText.of(plan.lifetime());
    boolean changed = !lifetime.equals(before.get(LIFETIME));
    int listed = Integer.parseInt(before.getOrDefault(LISTED, "0"));
    Map<String, String> now = new LinkedHashMap<>();
    now.put(DOMAIN, site.trustDomain().name());
    now.put(FLEET, plan.fleet().value());
    now.put(ROOTS, String.join(",", fingerprints(site.trust())));
    now.put(LIFETIME, before.getOrDefault(LIFETIME, lifetime));
    now.put(LISTED, Integer.toString(listed));
    if (!now.equals(before)) {
      // Whose it is comes first, so that a state that was never finished is known, too.
      log.header(text(now));
    }
    if (!changed && listed >= plan.devices()) {
      return;
    }
    Path folder = plan.state().resolve("factory");
    if (changed) {
      Files.deleteIfExists(folder.resolve("fleet.yaml"));
    }
    Factory factory = Factory.open(
        folder, FactoryOptions.of(plan.fleet()).withLifetime(plan.lifetime(), backdate(plan)));
    make(factory, progress);
    site.applyFleet(factory.fleetFile());
    if (listed < plan.devices()) {
      list(factory, listed);
      site.importManifest(plan.fleet(), factory.manifest());
      now.put(LISTED, Integer.toString(plan.devices()));
    }
    now.put(LIFETIME, lifetime);
    log.header(text(now));
  }

  /** A life of seconds that began minutes ago would be over two thirds at its beginning. */
  private static Duration backdate(FleetPlan plan) {
    Duration usual = FactoryOptions.of(plan.fleet()).backdate();
    return plan.lifetime().compareTo(usual.multipliedBy(10)) < 0 ? Duration.ZERO : usual;
  }

  private void requireSame(Map<String, String> before) throws IOException {
    if (before.isEmpty()) {
      return;
    }
    String domain = site.trustDomain().name();
    if (!domain.equals(before.get(DOMAIN)) || !plan.fleet().value().equals(before.get(FLEET))) {
      throw refused("fleet %s of installation %s, not fleet %s of %s"
          .formatted(before.get(FLEET), before.get(DOMAIN), plan.fleet(), domain));
    }
    // Roots change one by one, so a folder that shares none of them is of a namesake.
    if (fingerprints(site.trust()).stream().noneMatch(before.get(ROOTS)::contains)) {
      throw refused("fleet %s of another installation %s, with other roots"
          .formatted(before.get(FLEET), domain));
    }
  }

  private IOException refused(String what) {
    return new IOException("state folder " + plan.state() + " holds " + what
        + ": choose another folder, or remove this one");
  }

  private void make(Factory factory, Progress progress) throws IOException {
    List<Integer> missing = IntStream.range(0, plan.devices())
        .filter(device -> !log.has(Kind.BOOTSTRAP, device))
        .boxed()
        .toList();
    if (missing.isEmpty()) {
      return;
    }
    progress.step("Making " + missing.size() + " devices");
    AtomicInteger made = new AtomicInteger();
    try {
      missing.parallelStream().forEach(device -> {
        try {
          log.put(Kind.BOOTSTRAP, device, StoredCredential.of(factory.issue(id(device))));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        progress.update(made.incrementAndGet() + "/" + missing.size() + " made");
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void list(Factory factory, int listed) throws IOException {
    Map<String, String> pins = new LinkedHashMap<>();
    for (int device = listed; device < plan.devices(); device++) {
      byte[] spki = log.get(Kind.BOOTSTRAP, device).certificate().getPublicKey().getEncoded();
      pins.put(id(device).value(), "spki-sha256:" + Pem.fingerprint(spki));
    }
    factory.list(pins);
  }

  private DeviceId id(int device) {
    return new DeviceId("%s-%05d".formatted(plan.fleet(), device + 1));
  }

  /** Where what is played is. */
  Site site() {
    return site;
  }

  FleetPlan plan() {
    return plan;
  }

  Identity.Device identity(int device) {
    return new Identity.Device(site.trustDomain(), plan.fleet(), id(device));
  }

  /** A device's bootstrap credential, read anew each time. */
  StoredCredential bootstrap(int device) throws IOException {
    return log.get(Kind.BOOTSTRAP, device);
  }

  boolean isEnrolled(int device) {
    return log.has(Kind.OPERATIONAL, device);
  }

  /** A device's operational credential, read anew each time; null if there is none. */
  StoredCredential operational(int device) throws IOException {
    return log.get(Kind.OPERATIONAL, device);
  }

  /** Keeps an operational credential in place of the one before; written when this returns. */
  void keep(int device, StoredCredential credential) throws IOException {
    log.put(Kind.OPERATIONAL, device, credential);
  }

  /** The SDK's folder for one device. */
  Path sdk(int device) {
    return plan.state().resolve("sdk").resolve(id(device).value());
  }

  @Override
  public void close() {
    log.close();
  }

  private static Set<String> fingerprints(List<X509Certificate> certificates) {
    return certificates.stream()
        .map(certificate -> {
          try {
            return Pem.fingerprint(certificate.getEncoded());
          } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a root that does not encode", e);
          }
        })
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, String> fields(String header) {
    Map<String, String> fields = new LinkedHashMap<>();
    if (header != null) {
      for (String line : header.split(FROM_LINES, -1)) {
        String[] halves = line.split(": ", 2);
        fields.put(halves[0], halves[1]);
      }
    }
    return fields;
  }

  private static String text(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining(FROM_LINES));
  }
}
