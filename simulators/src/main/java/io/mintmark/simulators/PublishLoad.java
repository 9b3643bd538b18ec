package io.mintmark.simulators;

import io.mintmark.identity.TopicGrants;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The measurement of {@code mintmark benchmark publish}: devices publish telemetry as fast as it is
 * delivered to applications, at one broker and then at the next, by turns and in short rounds, so
 * that whatever else the machine does falls on all of them. A closed loop: the next message is sent
 * when an earlier one has come.
 */
public final class PublishLoad {

  /** Those that are measured. */
  static final List<Integer> QOS = List.of(0, 1);

  private final PublishInstallation service;
  private final List<? extends BrokerChoice> choices;
  private final PublishOptions options;
  private final Progress progress;

  /**
   * A load; nothing happens yet.
   *
   * @param choices brokers that admit the service's devices and applications, in the order they are
   *     started in
   */
  public PublishLoad(
      PublishInstallation service,
      List<? extends BrokerChoice> choices,
      PublishOptions options,
      Progress progress) {
    this.service = service;
    this.choices = List.copyOf(choices);
    this.options = options;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @throws IOException if clients cannot be prepared or connected, or a broker does not start
   */
  public PublishReport run() throws IOException, InterruptedException {
    progress.step("Enrolling " + options.publishers() + " devices");
    List<LoadDevice> devices = LoadFleet.enrol(service, options.folder(), options.publishers());
    List<LoadDevice> applications = applications();
    List<PublishedBroker> brokers = new ArrayList<>();
    try {
      for (BrokerChoice choice : choices) {
        progress.step("Starting " + choice.label() + " and warming it up");
        PublishedBroker broker =
            new PublishedBroker(choice, groups(devices, applications), progress);
        brokers.add(broker);
        for (int qos : QOS) {
          broker.publish(qos, options.warmup());
        }
      }
      progress.step("Measuring " + options.rounds() + " rounds");
      for (int n = 0; n < options.rounds(); n++) {
        round(brokers, n);
      }
      return new PublishReport(
          Clock.systemUTC().instant(),
          options.publishers(),
          options.subscribers(),
          options.payloadBytes(),
          Environment.current(),
          brokers.stream().map(PublishedBroker::result).toList());
    } finally {
      for (PublishedBroker broker : brokers) {
        broker.close();
      }
    }
  }

  /** Each second round goes the other way round. */
  private void round(List<PublishedBroker> brokers, int number) throws IOException {
    Duration time = options.round();
    for (int qos : QOS) {
      for (int i = 0; i < brokers.size(); i++) {
        int at = number % 2 == 0 ? i : brokers.size() - 1 - i;
        progress.update("round " + (number + 1) + ": " + brokers.get(at).label() + ", QoS " + qos);
        brokers.get(at).measure(qos, time);
      }
    }
  }

  private List<LoadDevice> applications() throws IOException {
    RememberingTrust trust = new RememberingTrust(service.trust());
    List<LoadDevice> applications = new ArrayList<>();
    for (int i = 1; i <= options.subscribers(); i++) {
      String name = "reader-" + i;
      TopicGrants grants = new TopicGrants(List.of(), List.of("telemetry/#"));
      applications.add(new LoadDevice(name, service.application(name, grants).tlsContext(trust)));
    }
    return applications;
  }

  private List<PublishGroup> groups(List<LoadDevice> devices, List<LoadDevice> applications) {
    List<PublishGroup> groups = new ArrayList<>();
    for (int i = 0; i < applications.size(); i++) {
      List<LoadDevice> share = new ArrayList<>();
      for (int j = i; j < devices.size(); j += applications.size()) {
        share.add(devices.get(j));
      }
      groups.add(new PublishGroup(
          "g" + i, applications.get(i), share, LoadFleet.ID, options.payloadBytes()));
    }
    return groups;
  }
}
