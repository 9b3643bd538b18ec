package io.mintmark.simulators.fault;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Printable;
import io.mintmark.simulators.fleet.FleetPlan;
import io.mintmark.simulators.scenario.Key;
import io.mintmark.simulators.scenario.Phase;
import io.mintmark.simulators.scenario.Play;
import io.mintmark.simulators.scenario.Settings;
import io.mintmark.simulators.scenario.Target;
import io.mintmark.simulators.scenario.Verb;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something goes wrong for a while, and is put right again: when its time is over, and also when the run
 * is stopped.
 */
public final class FaultPhase implements Phase {

  static final String ON = "on";
  static final String SHARE = "share";
  static final String LATENCY = "latency";
  static final String JITTER = "jitter";
  static final String BANDWIDTH = "bandwidth";
  static final String BY = "by";

  private static final String NAME = "fault";
  private static final String KIND = "kind";
  private static final String BEGIN = "begin";
  private static final String DURATION = "duration";
  private static final List<String> OF_KINDS = List.of(ON, SHARE, LATENCY, JITTER, BANDWIDTH, BY);
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,9})([kM]?)");
  private static final Pattern PERCENT = Pattern.compile("([0-9.]+)%");
  private static final long LOOK_MILLIS = 50;

  /** The verb. */
  public static final Verb VERB = new Verb(
      NAME,
      List.of(
          new Key(KIND, "KIND", "What goes wrong: " + String.join(", ", Kind.words()) + "."),
          new Key(ON, "service|broker", "Which connections go wrong (default: broker)."),
          new Key(BEGIN, "TIME", "How long after the beginning of its step it begins."),
          new Key(
              DURATION,
              "TIME",
              "How long it goes on; left out, it does for as long as the others of its step."),
          new Key(SHARE, "SHARE", "Of the connections or devices: 0.3, 30% (default: all)."),
          new Key(LATENCY, "TIME", "How much later everything arrives: 200ms, 2s."),
          new Key(JITTER, "TIME", "Up to so much more, at random."),
          new Key(BANDWIDTH, "BYTES", "Bytes a second each way on each connection: 500, 16k, 1M."),
          new Key(BY, "SKEW", "How wrong clocks are: +2h, -30d, 1970, 2001-09-09.")),
      FaultPhase::new);

  private final Kind kind;
  private final Part part;
  private final Duration begin;
  private final Duration duration;
  private final double share;
  private final Fault fault;
  private final ClockSkew skew;
  private final String description;

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with one line if the settings are not possible
   */
  public FaultPhase(Settings settings) {
    kind = settings
        .read(KIND, Kind::of)
        .orElseThrow(() ->
            settings.wrong(KIND, "say what goes wrong: one of " + String.join(", ", Kind.words())));
    for (String key : OF_KINDS) {
      if (settings.has(key) && !kind.knows(key)) {
        throw settings.wrong(key, "says nothing about " + kind.word() + ": leave it out");
      }
    }
    part = kind.isOfPower()
        ? kind.part()
        : Part.of(settings.word(ON, Part.BROKER.word(), Part.words()));
    begin = settings.duration(BEGIN, Duration.ZERO);
    // A reset is over at once; who wants new connections to be reset, too, says for how long.
    duration = settings.time(DURATION).orElse(kind == Kind.RESET ? Duration.ZERO : null);
    share = settings.read(SHARE, FaultPhase::share).orElse(1.0);
    fault = kind.isOfNetwork() ? fault(settings) : null;
    skew = kind == Kind.CLOCK_SKEW
        ? required(settings, BY, settings.read(BY, ClockSkew::parse))
        : null;
    description = describe(settings);
  }

  private Fault fault(Settings settings) {
    return switch (kind) {
      case LATENCY -> {
        Duration least =
            required(settings, LATENCY, settings.read(LATENCY, DurationText::parsePrecise));
        Duration jitter = settings.read(JITTER, DurationText::parsePrecise).orElse(Duration.ZERO);
        yield new Fault.Latency(least, least.plus(jitter));
      }
      case BANDWIDTH ->
        new Fault.Bandwidth(
            required(settings, BANDWIDTH, settings.read(BANDWIDTH, FaultPhase::bytes)));
      case LOSE_ANSWERS -> new Fault.LostAnswers();
      case HALF_OPEN -> new Fault.HalfOpen(Duration.ZERO);
      case RESET -> new Fault.Reset(Duration.ZERO);
      default -> new Fault.Refusal();
    };
  }

  private static <T> T required(Settings settings, String key, Optional<T> value) {
    return value.orElseThrow(() -> settings.wrong(
        key,
        "is missing: say "
            + switch (key) {
              case LATENCY -> "how much later everything arrives, as in 200ms";
              case BANDWIDTH -> "how many bytes pass in a second, as in 16k";
              default -> "how wrong clocks are, as in +2h or 1970";
            }));
  }

  private static long bytes(String text) {
    Matcher m = BYTES.matcher(text);
    if (!m.matches() || Long.parseLong(m.group(1)) == 0) {
      throw new IllegalArgumentException(
          "'" + Printable.of(text) + "' is no number of bytes a second: use 500, 16k or 1M");
    }
    return Long.parseLong(m.group(1))
        * switch (m.group(2)) {
          case "k" -> 1_000;
          case "M" -> 1_000_000;
          default -> 1;
        };
  }

  private static double share(String text) {
    Matcher percent = PERCENT.matcher(text);
    try {
      double share =
          percent.matches() ? Double.parseDouble(percent.group(1)) / 100 : Double.parseDouble(text);
      if (share > 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Said below, as of what is too much.
    }
    throw new IllegalArgumentException(
        "'" + Printable.of(text) + "' is no share: use a number above 0 and at most 1, or 30%");
  }

  private String describe(Settings settings) {
    StringBuilder text = new StringBuilder(kind.word());
    for (String key : List.of(LATENCY, JITTER, BANDWIDTH, BY)) {
      settings.text(key).ifPresent(value -> {
        text.append(key.equals(kind.word()) ? " " : " " + key + " ").append(value);
      });
    }
    if (kind.isOfNetwork()) {
      text.append(" on the ").append(part.word());
    }
    settings.text(SHARE).ifPresent(value -> text.append(", share ").append(value));
    return text.toString();
  }

  @Override
  public String verb() {
    return NAME;
  }

  /** What it is on; of clocks, of no meaning. */
  Part part() {
    return part;
  }

  /** Whether a proxy has to be in the way. */
  boolean needsProxy() {
    return fault != null;
  }

  @Override
  public boolean endsByItself() {
    return duration != null;
  }

  @Override
  public void check(Target target) {
    // Whether there can be a proxy, ProxiedTarget says: where the installation is may not be known
    // yet.
    if (kind.isOfPower()) {
      power(target);
    }
  }

  @Override
  public void check(FleetPlan fleet, String engine) {
    if (skew != null && !engine.equals("sdk")) {
      throw noClocks(engine);
    }
  }

  private FaultProxy proxy(Target target) {
    return (target instanceof ProxiedTarget proxied
            ? proxied.proxy(part)
            : Optional.<FaultProxy>empty())
        .orElseThrow(() -> new IllegalArgumentException(
            "fault " + kind.word() + " needs a proxy before the " + part.word() + ", and none is"));
  }

  private Target.Power power(Target target) {
    return (part == Part.SERVICE ? target.servicePower() : target.brokerPower())
        .orElseThrow(() -> new IllegalArgumentException("fault " + kind.word() + ": the "
            + part.word() + " of " + target.describe()
            + " is not ours to end: leave the fault out, or play it against an installation of this"
            + " command's own"));
  }

  private static IllegalArgumentException noClocks(String engine) {
    return new IllegalArgumentException("fault clock-skew: devices of engine " + engine
        + " have no clocks of their own: use engine sdk");
  }

  @Override
  public void play(Play play) throws Exception {
    pause(begin, play);
    play.recorder().mark("fault begins: " + description);
    Remedy remedy = apply(play);
    try {
      play.progress().step("fault begins: " + description);
      pause(duration, play);
    } finally {
      remedy.apply();
      play.recorder().mark("fault ends: " + description);
      play.progress().step("fault ends: " + description);
    }
  }

  /** Puts it right again. */
  @FunctionalInterface
  private interface Remedy {
    void apply() throws IOException;
  }

  private Remedy apply(Play play) throws IOException {
    if (fault != null) {
      return proxy(play.target()).apply(fault, share, play.seed())::close;
    }
    if (skew != null) {
      DeviceClocks clocks =
          play.fleet().clocks().orElseThrow(() -> noClocks(play.fleet().name()));
      return clocks.skew(skew, share, play.seed())::close;
    }
    Target.Power power = power(play.target());
    try {
      if (kind.isSudden()) {
        power.kill();
      } else {
        power.stop();
      }
    } catch (IOException | RuntimeException e) {
      // Whatever became of it: it is to be there.
      power.start();
      throw e;
    }
    return power::start;
  }

  /**
   * Waits.
   *
   * @param time null for as long as the others of the step go on
   */
  private static void pause(Duration time, Play play) throws InterruptedException {
    if (time != null) {
      Thread.sleep(time.toMillis());
      return;
    }
    while (!play.over().getAsBoolean()) {
      Thread.sleep(LOOK_MILLIS);
    }
  }
}
