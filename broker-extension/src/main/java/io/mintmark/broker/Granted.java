package io.mintmark.broker;

import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import java.util.Map;

/**
 * What an identity is granted. There is one for each session, and the filters themselves are in
 * HiveMQ's permissions already; so they are made again where they are asked for.
 *
 * @param policy of its fleet or application, unresolved
 * @param attributes what the policy may put in beside the identity's names
 * @param identity whose
 */
record Granted(TopicGrants policy, Map<String, String> attributes, Identity identity) {

  /**
   * Puts an identity into a policy.
   *
   * @throws RefusedException if that cannot be done, for want of an attribute for example. All of the
   *     policy is refused then: which part of it a device could do without is not for us to say.
   */
  static Granted of(TopicGrants policy, Map<String, String> attributes, Identity identity)
      throws RefusedException {
    Granted granted = new Granted(policy, attributes, identity);
    try {
      granted.topics();
      return granted;
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Refusal.UNUSABLE_POLICY, e.getMessage());
    }
  }

  /** The policy with all of that put in. */
  TopicGrants topics() {
    return policy.resolve(identity, attributes);
  }

  /** Whether it was made of just these. */
  boolean isMadeOf(TopicGrants otherPolicy, Map<String, String> otherAttributes) {
    return policy.equals(otherPolicy) && attributes.equals(otherAttributes);
  }
}
