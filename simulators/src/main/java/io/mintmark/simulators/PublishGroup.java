package io.mintmark.simulators;

import io.mintmark.identity.FleetId;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One subscriber and its publishers, with so many messages on the way between them at any time and no
 * more: nothing is sent that could only be dropped, and only what was delivered counts. Used on the
 * loop's thread only.
 */
final class PublishGroup implements LoadSession.Listener {

  /** On the way for each publisher; with QoS 1 the broker's Receive Maximum may allow fewer. */
  private static final int WINDOW = 20;

  /** Sent at once by one publisher, as one piece. */
  private static final int BURST = 10;

  /** One that publishes, and where. */
  private record Source(LoadSession session, byte[] topic) {}

  private final LoadSession subscriber;
  private final List<Source> sources;
  private final byte[] payload;
  private int qos;
  private boolean on;
  private int next;
  private long onTheWay;
  private long delivered;
  private boolean ended;

  PublishGroup(
      String name,
      LoadDevice subscriber,
      List<LoadDevice> publishers,
      FleetId fleet,
      int payloadBytes) {
    this.subscriber =
        new LoadSession(subscriber, this).subscribing("telemetry/" + fleet + "/+/" + name);
    this.sources = publishers.stream()
        .map(device -> new Source(
            new LoadSession(device, this),
            ("telemetry/" + fleet + "/" + device.clientId() + "/" + name)
                .getBytes(StandardCharsets.UTF_8)))
        .toList();
    this.payload = new byte[payloadBytes];
  }

  LoadSession subscriber() {
    return subscriber;
  }

  List<LoadSession> publishers() {
    return sources.stream().map(Source::session).toList();
  }

  void start(int withQos) {
    qos = withQos;
    on = true;
  }

  /** Nothing more is sent. */
  void stop() {
    on = false;
  }

  /** Sends as much as may be on the way; between turns. */
  void refill() {
    long free = on ? (long) WINDOW * sources.size() - onTheWay : 0;
    for (int tried = 0; free >= BURST && tried < sources.size(); tried++) {
      Source source = sources.get(next);
      next = (next + 1) % sources.size();
      int burst = qos == 0 ? BURST : Math.min(BURST, source.session().credit());
      if (burst > 0) {
        source.session().publish(source.topic(), payload, qos, burst);
        onTheWay += burst;
        free -= burst;
      }
    }
  }

  @Override
  public void delivered(LoadSession session, int messages) {
    delivered += messages;
    onTheWay -= messages;
  }

  @Override
  public void ended(LoadSession session) {
    ended = true;
  }

  /** Whether one of its sessions has ended. */
  boolean isBroken() {
    return ended;
  }

  /** How many have been delivered so far. */
  long delivered() {
    return delivered;
  }

  long onTheWay() {
    return onTheWay;
  }

  /** Gives up what is still on the way: how many. */
  long giveUp() {
    long lost = onTheWay;
    onTheWay = 0;
    return lost;
  }
}
