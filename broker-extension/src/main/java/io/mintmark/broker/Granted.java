package io.mintmark.broker;

import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import java.util.Map;

/**
 * What an identity is granted. There is one for each session, and the filters themselves are in
 * HiveMQ's permissions once it is open; so they are kept until then ({@link #settle}), and made again
 * where they are asked for later. Thread-safe.
 */
final class Granted {

  private final TopicGrants policy;
  private final Map<String, String> attributes;
  private final Identity identity;
  private volatile TopicGrants resolved;

  private Granted(TopicGrants policy, Map<String, String> attributes, Identity identity) {
    this.policy = policy;
    this.attributes = attributes;
    this.identity = identity;
    this.resolved = policy.resolve(identity, attributes);
  }

  /**
   * Puts an identity into a policy.
   *
   * @param policy of its fleet or application, unresolved
   * @param attributes what the policy may put in beside the identity's names
   * @throws RefusedException if that cannot be done, for want of an attribute for example. All of the
   *     policy is refused then: which part of it a device could do without is not for us to say.
   */
  static Granted of(TopicGrants policy, Map<String, String> attributes, Identity identity)
      throws RefusedException {
    try {
      return new Granted(policy, attributes, identity);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Refusal.UNUSABLE_POLICY, e.getMessage());
    }
  }

  /** The policy with all of that put in. */
  TopicGrants topics() {
    TopicGrants kept = resolved;
    return kept == null ? policy.resolve(identity, attributes) : kept;
  }

  /** HiveMQ has them now. */
  void settle() {
    resolved = null;
  }

  /** Whether it was made of just these. */
  boolean isMadeOf(TopicGrants otherPolicy, Map<String, String> otherAttributes) {
    return policy.equals(otherPolicy) && attributes.equals(otherAttributes);
  }
}
