package io.mintmark.provisioning.limits;

import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The section {@code limits} of the service's settings. */
public final class LimitsYaml {

  /** The key of the section. */
  public static final String SECTION = "limits";

  private static final String BYTES = "bytes";
  private static final String TIMEOUTS = "timeouts";
  private static final String CONNECTIONS = "connections";
  private static final String RATES = "rates";
  private static final String EXEMPT = "exempt-addresses";
  private static final String REQUESTS = "requests";
  private static final String FEED = "feed";
  private static final List<String> KEYS =
      List.of(BYTES, TIMEOUTS, CONNECTIONS, RATES, EXEMPT, REQUESTS, FEED);

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;
  private static final int MOST_CONNECTIONS = 1_000_000;
  private static final int MOST_AT_ONCE = 1024;
  private static final int MOST_QUEUED = 100_000;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private LimitsYaml() {}

  /**
   * Reads them; what is left out has its default.
   *
   * @param top the section above
   * @throws YamlException naming the line, the key or value, and the remedy
   */
  public static Limits read(Section top) throws YamlException {
    Section limits = top.section(SECTION, KEYS).orElse(Section.EMPTY);
    return new Limits(
        bytes(limits),
        timeouts(limits),
        connections(limits),
        rates(limits),
        exempt(limits),
        requests(limits),
        feed(limits));
  }

  private static Limits.Bytes bytes(Section limits) throws YamlException {
    Limits.Bytes or = Limits.DEFAULT.bytes();
    Section in =
        limits.section(BYTES, List.of("headers", "body", "manifest")).orElse(Section.EMPTY);
    return new Limits.Bytes(
        SettingsValue.number(in, "headers", or.headers(), KIB, 64 * KIB),
        SettingsValue.number(in, "body", or.body(), KIB, MIB),
        SettingsValue.number(in, "manifest", or.manifest(), KIB, 1024 * MIB));
  }

  private static Limits.Timeouts timeouts(Section limits) throws YamlException {
    Limits.Timeouts or = Limits.DEFAULT.timeouts();
    Section in = limits
        .section(TIMEOUTS, List.of("handshake", "request", "response", "idle"))
        .orElse(Section.EMPTY);
    return new Limits.Timeouts(
        SettingsValue.duration(in, "handshake", or.handshake(), SECOND, HOUR),
        SettingsValue.duration(in, "request", or.request(), SECOND, HOUR),
        SettingsValue.duration(in, "response", or.response(), SECOND, HOUR),
        SettingsValue.duration(in, "idle", or.idle(), SECOND, HOUR));
  }

  private static Limits.Connections connections(Section limits) throws YamlException {
    Limits.Connections or = Limits.DEFAULT.connections();
    Section in = limits
        .section(CONNECTIONS, List.of("total", "per-address", "unfinished-handshakes"))
        .orElse(Section.EMPTY);
    return new Limits.Connections(
        SettingsValue.number(in, "total", or.total(), 1, MOST_CONNECTIONS),
        SettingsValue.number(in, "per-address", or.perAddress(), 1, MOST_CONNECTIONS),
        SettingsValue.number(in, "unfinished-handshakes", or.handshakes(), 1, MOST_CONNECTIONS));
  }

  private static Limits.Rates rates(Section limits) throws YamlException {
    Limits.Rates or = Limits.DEFAULT.rates();
    Section in = limits
        .section(
            RATES,
            List.of(
                "connections-per-address",
                "requests-per-address",
                "per-device",
                "per-fleet",
                "failed-tokens-per-address"))
        .orElse(Section.EMPTY);
    return new Limits.Rates(
        SettingsValue.rate(in, "connections-per-address", or.connections()),
        SettingsValue.rate(in, "requests-per-address", or.address()),
        SettingsValue.rate(in, "per-device", or.device()),
        SettingsValue.rate(in, "per-fleet", or.fleet()),
        SettingsValue.rate(in, "failed-tokens-per-address", or.failedTokens()));
  }

  private static List<AddressBlock> exempt(Section limits) throws YamlException {
    if (!limits.has(EXEMPT)) {
      return Limits.DEFAULT.exempt();
    }
    List<AddressBlock> blocks = new ArrayList<>();
    for (Scalar item : limits.scalars(EXEMPT)) {
      blocks.add(SettingsValue.of(EXEMPT, item, AddressBlock::parse));
    }
    return blocks;
  }

  private static Limits.Requests requests(Section limits) throws YamlException {
    Limits.Requests or = Limits.DEFAULT.requests();
    Section in =
        limits.section(REQUESTS, List.of("at-once", "queued", "queued-for")).orElse(Section.EMPTY);
    return new Limits.Requests(
        SettingsValue.number(in, "at-once", or.atOnce(), 1, MOST_AT_ONCE),
        SettingsValue.number(in, "queued", or.queued(), 0, MOST_QUEUED),
        SettingsValue.duration(in, "queued-for", or.queuedFor(), SECOND, HOUR));
  }

  private static Limits.Feed feed(Section limits) throws YamlException {
    Limits.Feed or = Limits.DEFAULT.feed();
    Section in = limits.section(FEED, List.of("parked", "parked-per-broker")).orElse(Section.EMPTY);
    return new Limits.Feed(
        SettingsValue.number(in, "parked", or.parked(), 1, MOST_QUEUED),
        SettingsValue.number(in, "parked-per-broker", or.parkedPerBroker(), 1, MOST_QUEUED));
  }
}
