package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Months in the life of an installation, in minutes: service, broker, devices and an application
 * whose clocks jump from step to step while telemetry flows. The measurement of {@code mintmark benchmark
 * lifetime}. Everybody has some real time after each jump, and the next waits until who is due has
 * renewed: in a life at its real speed they had hours. Run once.
 */
public final class Lifetime {

  private static final FleetId FLEET = new FleetId("lifetime");
  private static final String STREAM = "life";
  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(2);
  private static final TopicGrants EVERYTHING =
      new TopicGrants(List.of("commands/" + FLEET + "/#"), List.of("#"));

  /** Far more than anybody needs, even where the machine has other things to do. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private static final long LOOK_MILLIS = 20;

  /** When another issuing CA takes over: after the service has renewed its own on day 60. */
  private static final double HAND_OVER_DAY = 66;

  private static final double APPLICATION_RENEWS_AT = 2.0 / 3;
  private static final int MOST_LIVE = 2;
  private static final double MINUTES_A_DAY = 1_440;

  private final LivingSite site;
  private final FakedTime time;
  private final LifetimeOptions options;
  private final Progress progress;
  private final Clock clock = Clock.systemUTC();
  private final Figures figures = new Figures();
  private final Map<LifetimeRow, Claim> claims = new EnumMap<>(LifetimeRow.class);
  private final LifetimeOnlooker onlooker;
  private X509Certificate newIssuing;
  private int steps;
  private int applicationRenewals;

  /** A life; nothing happens yet. */
  public Lifetime(LivingSite site, FakedTime time, LifetimeOptions options, Progress progress) {
    this.site = site;
    this.time = time;
    this.options = options;
    this.progress = progress;
    this.onlooker = new LifetimeOnlooker(site, clock);
  }

  /** Lives it; what goes wrong is in the report. */
  public DemoReport run() throws InterruptedException {
    long begun = System.nanoTime();
    Instant started = clock.instant();
    String why = "the life broke off";
    progress.step("Setting up a factory, a fleet and an application");
    try {
      live();
    } catch (IOException | RuntimeException e) {
      why = "the life broke off after " + days(started) + " days: " + e.getMessage();
      progress.step(why);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    figures.put("days", Duration.between(started, clock.instant()).toMinutes() / MINUTES_A_DAY);
    figures.put("steps", steps);
    figures.put("real-s", seconds);
    Instant finished = clock.instant();
    boolean lived = !finished.isBefore(started.plus(Duration.ofDays(options.days())));
    claims.put(
        LifetimeRow.LIVED,
        Claim.of(
            LifetimeRow.LIVED.title(),
            lived,
            "%s in %.0f s, %d steps of %d min"
                .formatted(days(started), seconds, steps, options.step().toMinutes()),
            lived ? "" : why));
    for (LifetimeRow row : LifetimeRow.values()) {
      claims.putIfAbsent(row, Claim.notRun(row.title(), why));
    }
    return new DemoReport(
        started,
        finished,
        options.devices(),
        Environment.current(),
        List.copyOf(claims.values()),
        figures.all());
  }

  private String days(Instant since) {
    return "%.1f".formatted(Duration.between(since, clock.instant()).toMinutes() / MINUTES_A_DAY);
  }

  private void live() throws IOException, InterruptedException {
    Factory factory = Factory.open(
        options.folder().resolve("factory"),
        FactoryOptions.of(FLEET).withLifetime(options.lifetime(), Duration.ofMinutes(5)));
    List<DeviceId> ids = factory.make("device", options.devices());
    site.applyFleet(factory.fleetFile());
    site.importManifest(FLEET, factory.manifest());
    VirtualDevice.Home home = new VirtualDevice.Home(
        site, FLEET, options.folder().resolve("devices"), LONGEST_RECONNECT, clock);
    try (RollingApplication application =
            RollingApplication.connect(site, site.application("lifetime", EVERYTHING), "#", clock);
        VirtualFleet fleet = new VirtualFleet(home, factory, ids, progress)) {
      VirtualFleet.Outcome outcome = fleet.all("enrolled", VirtualDevice::start);
      if (!outcome.complete()) {
        throw new IOException("not every device is connected: " + Reasons.text(outcome.failures()));
      }
      List<VirtualDevice> devices = fleet.devices();
      TelemetryRecorder recorder = new TelemetryRecorder(STREAM, clock);
      application.client().onMessage(recorder);
      try (Traffic traffic =
          new Traffic(STREAM, devices, new Pacer(options.messagesPerSecond()), clock)) {
        traffic.start();
        progress.step("Living " + options.days() + " days");
        try {
          step(devices, application);
        } finally {
          // What became of devices and messages is told in any case.
          messages(traffic, recorder, application, devices);
          devices(devices);
        }
        others();
      }
    }
  }

  private void step(List<VirtualDevice> devices, RollingApplication application)
      throws IOException, InterruptedException {
    Instant begin = clock.instant();
    Instant end = begin.plus(Duration.ofDays(options.days()));
    Instant handOver = begin.plus(Duration.ofMinutes((long) (handOverDay() * MINUTES_A_DAY)));
    while (clock.instant().isBefore(end)) {
      time.forward(options.step());
      steps++;
      Thread.sleep(options.pace().toMillis());
      settle(devices);
      onlooker.look(devices.get(steps % devices.size()));
      if (isDue(application.credential())) {
        application.renew();
        applicationRenewals++;
      }
      if (newIssuing == null && !clock.instant().isBefore(handOver)) {
        handOver();
      }
      progress.update("day " + days(begin));
    }
    // The broker looks at its files every ten seconds.
    await(
        "service and broker do not show a certificate of the new issuing CA",
        () -> onlooker.sees(newIssuing));
    onlooker.look(devices.get(0));
    claims.put(
        LifetimeRow.CONNECTED,
        Claim.of(
            LifetimeRow.CONNECTED.title(),
            true,
            "%d devices, %,d steps".formatted(devices.size(), steps),
            ""));
    claims.put(
        LifetimeRow.STATUS,
        Claim.of(
            LifetimeRow.STATUS.title(),
            true,
            "%d CRLs seen, OCSP asked %d times".formatted(onlooker.crls(), steps + 1),
            ""));
  }

  /** In a life that is shorter after a third of it. */
  private double handOverDay() {
    return options.days() > HAND_OVER_DAY ? HAND_OVER_DAY : options.days() / 3.0;
  }

  private void handOver() throws IOException {
    Authorities authorities = site.authorities();
    String id = authorities.prepareIssuing();
    authorities.activate(id);
    newIssuing = authorities.certificate(id);
  }

  /** Waits until nobody would be over by the next jump. */
  private void settle(List<VirtualDevice> devices) throws IOException, InterruptedException {
    for (VirtualDevice device : devices) {
      await(
          device.id() + " is not connected with a certificate that lasts", () -> isSettled(device));
    }
    await("a CRL is not renewed", () -> onlooker.seesCrls(clock.instant().plus(options.step())));
  }

  private boolean isSettled(VirtualDevice device) {
    Credential held = device.credential();
    Instant least = clock.instant().plus(options.leastLeft());
    return device.isConnected()
        && Objects.equals(device.usedSerial(), held.certificate().getSerialNumber())
        && !Validity.of(held.certificate()).notAfter().isBefore(least);
  }

  private boolean isDue(Credential credential) {
    Validity validity = Validity.of(credential.certificate());
    long life = (long) (validity.lifetime().toMillis() * APPLICATION_RENEWS_AT);
    return clock.instant().isAfter(validity.notBefore().plusMillis(life));
  }

  private void messages(
      Traffic traffic,
      TelemetryRecorder recorder,
      RollingApplication application,
      List<VirtualDevice> devices)
      throws InterruptedException {
    Traffic.Sent sent = traffic.stop(SteadyTelemetry.ANSWERS);
    recorder.await(sent.total(), SteadyTelemetry.SILENCE);
    TelemetryRecorder.Balance balance = recorder.balance(sent.byDevice());
    List<TelemetryRecorder.Duplicate> repeats = recorder.duplicates();
    long unexplained = new Redeliveries(application.client(), devices).unexplained(repeats);
    figures.put("messages.sent", sent.total());
    figures.put("messages.lost", balance.lost());
    figures.put("messages.duplicates", repeats.size());
    boolean held = sent.total() > 0
        && balance.lost() == 0
        && balance.unknown() == 0
        && unexplained == 0
        && sent.failures().isEmpty();
    claim(
        LifetimeRow.MESSAGES,
        held,
        "%,d of %,d, %d duplicates (%d beyond QoS 1)"
            .formatted(balance.lost(), sent.total(), repeats.size(), unexplained),
        "%d unknown messages, %s".formatted(balance.unknown(), Reasons.text(sent.failures())));
  }

  private void devices(List<VirtualDevice> devices) {
    int least = devices.stream().mapToInt(VirtualDevice::renewals).min().orElse(0);
    int most = devices.stream().mapToInt(VirtualDevice::renewals).max().orElse(0);
    boolean keys = devices.stream().allMatch(d -> d.keys() == d.renewals() + 1);
    figures.put("renewals.least", least);
    figures.put("renewals.most", most);
    claim(
        LifetimeRow.RENEWED,
        keys && least >= options.leastRenewals(),
        "%d to %d".formatted(least, most),
        keys ? "at least " + options.leastRenewals() + " were due" : "not each with another key");
    int lost = devices.stream().mapToInt(VirtualDevice::disconnects).sum();
    int sessions = devices.stream().mapToInt(VirtualDevice::sessionsLost).sum();
    figures.put("connections.lost", lost);
    figures.put("sessions.lost", sessions);
    double gap = devices.stream()
        .flatMap(device -> device.gaps().stream())
        .mapToLong(Duration::toMillis)
        .max()
        .orElse(0);
    claim(
        LifetimeRow.CONNECTIONS,
        lost == 0 && sessions == 0,
        "%d and %d, longest gap %.0f ms".formatted(lost, sessions, gap),
        "a device was cut off, or its session forgotten");
    int live = onlooker.mostLive();
    claim(LifetimeRow.LIVE, live > 0 && live <= MOST_LIVE, "%d at most".formatted(live), "");
    int clones = onlooker.clones();
    claim(LifetimeRow.CLONES, clones == 0, clones + " signs", "");
  }

  private void others() throws IOException {
    int service = onlooker.serviceRenewals();
    int broker = onlooker.brokerRenewals();
    figures.put("service.renewals", service);
    figures.put("broker.renewals", broker);
    figures.put("application.renewals", applicationRenewals);
    claim(
        LifetimeRow.OWN,
        service > 0 && broker > 0,
        "%d, %d and %d times".formatted(service, broker, applicationRenewals),
        "service or broker did not");
    claim(
        LifetimeRow.ISSUING,
        onlooker.sees(newIssuing),
        "on day %.0f".formatted(handOverDay()),
        "service or broker did not follow");
    List<String> faults = site.auditFaults();
    claim(
        LifetimeRow.AUDIT,
        faults.isEmpty(),
        faults.isEmpty() ? "yes" : "no",
        String.join("; ", faults));
  }

  private void claim(LifetimeRow row, boolean held, String figure, String whyNot) {
    claims.put(row, Claim.of(row.title(), held, figure, held ? "" : whyNot));
  }

  /** Something that is waited for. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String otherwise, Condition condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new IOException(otherwise);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }
}
