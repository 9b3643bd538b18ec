package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.PublishGrant;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.Subscription;
import io.mintmark.identity.TopicFilter;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.sql.ApplicationTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says what brokers say to a PUBLISH or a SUBSCRIBE, and which grant decides: with the same matching,
 * of the policy as it stands here now. Thread-safe.
 */
public final class PolicyExplainer {

  /**
   * What is to be explained.
   *
   * @param publish whether it is a PUBLISH, else a SUBSCRIBE
   * @param topic what is published to, or the filter as a SUBSCRIBE writes it
   * @param qos its QoS
   * @param retain whether it is to be retained
   */
  public record Question(boolean publish, String topic, int qos, boolean retain) {}

  /**
   * The answer, ready for JSON.
   *
   * @param identity who asks
   * @param allowed whether it would be granted
   * @param qos the QoS a subscription is granted; null unless it is
   * @param source where the policy is written
   * @param grant the grant that decides, as written; null if none does
   * @param resolved its topics with the identity's names put in; null if there is no grant
   * @param reason why not; null if it is granted
   * @param nearest the grant that comes nearest, resolved; null if one decides or none is near
   */
  public record Explanation(
      String identity,
      boolean allowed,
      Integer qos,
      String source,
      String grant,
      String resolved,
      String reason,
      String nearest) {}

  private record Subject(
      Identity identity,
      TopicGrants policy,
      Map<String, String> attributes,
      String source,
      String bar) {}

  /** A grant, resolved, and what keeps it from deciding; null if nothing does. */
  private record Candidate(String written, String resolved, int qos, String obstacle) {}

  private final Registry registry;
  private final TrustDomain trustDomain;

  PolicyExplainer(Registry registry, TrustDomain trustDomain) {
    this.registry = registry;
    this.trustDomain = trustDomain;
  }

  /**
   * Explains it for a device.
   *
   * @throws Refusal NOT_FOUND for an unknown device, INVALID for what is no topic or no filter
   */
  public Explanation device(DeviceId id, Question question) throws Refusal {
    require(question);
    Subject subject = registry.read(h -> {
      Device device = DeviceTable.find(h, id)
          .orElseThrow(
              () -> new Refusal(Refusal.Kind.NOT_FOUND, "device '" + id + "' is not known"));
      Fleet fleet = FleetTable.find(h, device.fleet()).orElseThrow();
      return new Subject(
          new Identity.Device(trustDomain, fleet.id(), id),
          fleet.topics(),
          device.attributes(),
          "fleet " + fleet.id() + ", mqtt." + section(question),
          bar(device));
    });
    return explain(subject, question);
  }

  /**
   * Explains it for an application.
   *
   * @throws Refusal NOT_FOUND for an unknown application, INVALID for what is no topic or no filter
   */
  public Explanation application(String name, Question question) throws Refusal {
    require(question);
    TopicGrants policy = registry
        .read(h -> ApplicationTable.find(h, name))
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.NOT_FOUND, "application '" + Printable.of(name) + "' is not known"));
    return explain(
        new Subject(
            new Identity.Application(trustDomain, name),
            policy,
            Map.of(),
            "application " + name + ", " + section(question),
            null),
        question);
  }

  private static String section(Question question) {
    return question.publish() ? "publish" : "subscribe";
  }

  private static void require(Question question) throws Refusal {
    try {
      if (question.publish()) {
        TopicFilter.requireTopic(question.topic());
      } else {
        Subscription.parse(question.topic());
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }

  private static String bar(Device device) {
    return switch (device.state()) {
      case PENDING, ACTIVE -> null;
      default ->
        "it may not connect at all: it is " + device.state().word()
            + (device.bar() == null ? "" : " since " + device.bar().at());
    };
  }

  private static Explanation explain(Subject subject, Question question) {
    TopicGrants policy = subject.policy();
    String bar = subject.bar();
    try {
      policy.resolve(subject.identity(), subject.attributes());
    } catch (IllegalArgumentException e) {
      return answer(
          subject, false, null, bar == null ? "it may not connect at all: " + e.getMessage() : bar);
    }
    if (bar == null && question.publish() && question.topic().startsWith("$")) {
      bar = "brokers let nobody publish to a topic that begins with $";
    }
    List<Candidate> candidates = question.publish()
        ? policy.publishGrants().stream()
            .map(g -> publish(subject, g, question))
            .toList()
        : policy.subscribeGrants().stream()
            .map(g -> subscribe(subject, g, question))
            .toList();
    Optional<Candidate> deciding = candidates.stream()
        .filter(c -> c.obstacle() == null)
        .max(Comparator.comparingInt(Candidate::qos));
    if (deciding.isPresent()) {
      return answer(subject, bar == null, question, deciding.get(), bar);
    }
    return denied(subject, question, candidates, bar);
  }

  private static Candidate publish(Subject subject, PublishGrant grant, Question question) {
    String resolved = TopicGrants.resolve(grant.topic(), subject.identity(), subject.attributes());
    String obstacle = null;
    if (!new TopicFilter(resolved).matches(question.topic())) {
      obstacle = "";
    } else if (question.qos() > grant.qos()) {
      obstacle = "QoS " + question.qos() + " is above the " + grant.qos() + " it grants";
    } else if (question.retain() && !grant.retain()) {
      obstacle = "it does not grant to retain messages";
    }
    return new Candidate(grant.toString(), resolved, grant.qos(), obstacle);
  }

  private static Candidate subscribe(Subject subject, SubscribeGrant grant, Question question) {
    String resolved = TopicGrants.resolve(grant.topic(), subject.identity(), subject.attributes());
    Subscription subscription = Subscription.parse(question.topic());
    SubscribeGrant own = new SubscribeGrant(resolved, grant.qos(), grant.shared());
    String obstacle = null;
    if (!new TopicFilter(resolved).covers(subscription.filter())) {
      obstacle = "";
    } else if (!own.covers(subscription)) {
      obstacle = subscription.isShared()
          ? "it does not grant shared subscriptions"
          : "it grants shared subscriptions only";
    }
    return new Candidate(grant.toString(), resolved, grant.qos(), obstacle);
  }

  /** Nearest is a grant that would do but for its limits, else the one with most levels in common. */
  private static Explanation denied(
      Subject subject, Question question, List<Candidate> candidates, String bar) {
    for (Candidate candidate : candidates) {
      if (!candidate.obstacle().isEmpty()) {
        return new Explanation(
            subject.identity().spiffeId(),
            false,
            null,
            subject.source(),
            candidate.written(),
            candidate.resolved(),
            bar == null ? candidate.obstacle() : bar,
            null);
      }
    }
    String filter = question.publish()
        ? question.topic()
        : Subscription.parse(question.topic()).filter().text();
    Optional<String> nearest = candidates.stream()
        .map(Candidate::resolved)
        .filter(resolved -> levelsInCommon(resolved, filter) > 0)
        .max(Comparator.comparingInt(resolved -> levelsInCommon(resolved, filter)));
    return new Explanation(
        subject.identity().spiffeId(),
        false,
        null,
        subject.source(),
        null,
        null,
        bar == null ? "nothing grants it" : bar,
        nearest.orElse(null));
  }

  private static int levelsInCommon(String filter, String topic) {
    String[] wide = TopicFilter.levels(filter);
    String[] levels = TopicFilter.levels(topic);
    int common = 0;
    while (common < wide.length
        && common < levels.length
        && (wide[common].equals("+")
            || wide[common].equals("#")
            || wide[common].equals(levels[common]))) {
      common++;
    }
    return common;
  }

  private static Explanation answer(Subject subject, boolean allowed, Integer qos, String reason) {
    return new Explanation(
        subject.identity().spiffeId(), allowed, qos, subject.source(), null, null, reason, null);
  }

  private static Explanation answer(
      Subject subject, boolean allowed, Question question, Candidate deciding, String bar) {
    return new Explanation(
        subject.identity().spiffeId(),
        allowed,
        question.publish() || !allowed ? null : Math.min(question.qos(), deciding.qos()),
        subject.source(),
        deciding.written(),
        deciding.resolved(),
        bar,
        null);
  }
}
