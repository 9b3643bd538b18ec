package io.mintmark.provisioning;

import io.mintmark.identity.DeviceAttributes;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells brokers of the attributes of devices, as far as the policy of their fleet names them: a broker
 * asks nobody at CONNECT. Of a fleet that names none nothing is told. Thread-safe.
 */
final class PolicyAttributes {

  private static final int MOST_WARNINGS = 20;

  private final TrustDomain trustDomain;
  private final Feed feed;

  PolicyAttributes(TrustDomain trustDomain, Feed feed) {
    this.trustDomain = trustDomain;
    this.feed = feed;
  }

  /**
   * The policy of a fleet is about to change. What the next one needs comes before it in the feed, so
   * that no broker has to apply it without.
   *
   * @return a warning for each device the next policy cannot be applied to; of many, the first ones
   */
  List<String> policyChanges(Transaction tx, FleetId fleet, TopicGrants before, TopicGrants after) {
    Set<String> names = after.attributeNames();
    if (names.isEmpty()) {
      // Brokers forget them by themselves, with the policy.
      feed.dropAttributes(tx, fleet);
      return List.of();
    }
    List<DeviceAttributes> changed = new ArrayList<>();
    Warnings warnings = new Warnings(after);
    for (Device device : DeviceTable.list(tx.handle(), fleet, null, null, Integer.MAX_VALUE)) {
      if (!device.state().isForGood()) {
        warnings.look("", device);
      }
      Map<String, String> needed = needed(device, names);
      if (!needed.equals(needed(device, before.attributeNames()))) {
        changed.add(told(device, needed));
      }
    }
    feed.append(tx, changed);
    return warnings.texts();
  }

  /** Collects what is to be told of one manifest. */
  Import begin(TopicGrants policy) {
    return new Import(policy);
  }

  /** One manifest that is imported. Belongs to one thread. */
  final class Import {

    private final Set<String> names;
    private final Warnings warnings;
    private final List<DeviceAttributes> changed = new ArrayList<>();

    private Import(TopicGrants policy) {
      this.names = policy.attributeNames();
      this.warnings = new Warnings(policy);
    }

    /** A warning will say if the policy cannot be applied to the device of this line. */
    void look(long line, Device device) {
      if (!names.isEmpty()) {
        warnings.look("line " + line + ": ", device);
      }
    }

    /** The manifest says this of a device; {@code before} is null of a new one. */
    void change(Device before, Device after) {
      Map<String, String> needed = needed(after, names);
      if (!needed.equals(before == null ? Map.of() : needed(before, names))) {
        changed.add(told(after, needed));
      }
    }

    void tell(Transaction tx) {
      feed.append(tx, changed);
    }

    List<String> warnings() {
      return warnings.texts();
    }
  }

  private static Map<String, String> needed(Device device, Set<String> names) {
    Map<String, String> needed = new TreeMap<>(device.attributes());
    needed.keySet().retainAll(names);
    return needed;
  }

  private static DeviceAttributes told(Device device, Map<String, String> needed) {
    return new DeviceAttributes(device.id().value(), device.fleet().value(), needed);
  }

  /** The first devices a policy cannot be applied to, and how many more. */
  private final class Warnings {
    private final TopicGrants policy;
    private final List<String> first = new ArrayList<>();
    private int more;

    Warnings(TopicGrants policy) {
      this.policy = policy;
    }

    void look(String where, Device device) {
      try {
        policy.resolve(
            new Identity.Device(trustDomain, device.fleet(), device.id()), device.attributes());
      } catch (IllegalArgumentException e) {
        if (first.size() < MOST_WARNINGS) {
          first.add(where + e.getMessage() + "; until then it cannot connect");
        } else {
          more++;
        }
      }
    }

    List<String> texts() {
      List<String> texts = new ArrayList<>(first);
      if (more > 0) {
        texts.add("and " + more + " more devices like these");
      }
      return texts;
    }
  }
}
