package io.mintmark.provisioning.limits;

import io.mintmark.identity.Rate;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What keeps one client, and all clients together, from taking the whole service. Immutable.
 *
 * @param bytes how long requests may be
 * @param timeouts how slow clients may be
 * @param connections how many connections there may be
 * @param rates how often may be asked
 * @param exempt where clients come from that share an address: limits per address are not theirs
 * @param requests how many requests are worked on and wait
 * @param feed how many brokers may wait for news
 */
public record Limits(
    Bytes bytes,
    Timeouts timeouts,
    Connections connections,
    Rates rates,
    List<AddressBlock> exempt,
    Requests requests,
    Feed feed) {

  /**
   * How long requests may be.
   *
   * @param headers of a request, with its first line
   * @param body of a device's request
   * @param manifest of a manifest an operator sends
   */
  public record Bytes(int headers, int body, int manifest) {}

  /**
   * How slow clients may be.
   *
   * @param handshake from the connection to the end of the TLS handshake
   * @param request from the handshake, or the answer before, to the last byte of the request
   * @param response from the first byte of the answer to the last
   * @param idle between any two bytes
   */
  public record Timeouts(Duration handshake, Duration request, Duration response, Duration idle) {}

  /**
   * How many connections there may be.
   *
   * @param total open at once on a port
   * @param perAddress of them, from one address
   * @param handshakes of them, with a TLS handshake that is not done
   */
  public record Connections(int total, int perAddress, int handshakes) {}

  /**
   * How often may be asked.
   *
   * @param connections new connections from one address
   * @param address requests from one address
   * @param device enrolments and renewals of one device
   * @param fleet enrolments and renewals of one fleet
   * @param failedTokens requests with a wrong operator's token from one address
   */
  public record Rates(Rate connections, Rate address, Rate device, Rate fleet, Rate failedTokens) {}

  /**
   * How many requests are worked on and wait.
   *
   * @param atOnce worked on at once
   * @param queued waiting beyond these
   * @param queuedFor how long one of those waits before it is sent away
   */
  public record Requests(int atOnce, int queued, Duration queuedFor) {}

  /**
   * How many brokers may wait for news.
   *
   * @param parked requests waiting for news, of all brokers
   * @param parkedPerBroker of one
   */
  public record Feed(int parked, int parkedPerBroker) {}

  /** What holds for keys that are left out. */
  public static final Limits DEFAULT = new Limits(
      new Bytes(8 * 1024, 64 * 1024, 64 * 1024 * 1024),
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30)),
      new Connections(4000, 1000, 2000),
      new Rates(
          Rate.parse("200/s burst 2000"),
          Rate.parse("100/s burst 2000"),
          Rate.parse("20/m burst 60"),
          Rate.parse("2000/s burst 20000"),
          Rate.parse("30/m burst 60")),
      List.of(AddressBlock.parse("127.0.0.0/8"), AddressBlock.parse("::1")),
      new Requests(48, 1024, Duration.ofSeconds(10)),
      new Feed(1024, 16));

  /** Copies the list. */
  public Limits {
    exempt = List.copyOf(exempt);
  }

  /** Whether limits per address do not hold for this one. */
  public boolean isExempt(InetAddress address) {
    return exempt.stream().anyMatch(block -> block.contains(address));
  }
}
