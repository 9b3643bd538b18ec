package io.mintmark.broker;

import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import java.util.Map;

/**
 * What an identity is granted, and what that was made of.
 *
 * @param policy of its fleet or application, unresolved
 * @param attributes what the policy may put in beside the identity's names
 * @param topics the policy with all of that put in
 */
record Granted(TopicGrants policy, Map<String, String> attributes, TopicGrants topics) {

  static final Granted NOTHING = new Granted(TopicGrants.NONE, Map.of(), TopicGrants.NONE);

  /**
   * Puts an identity into a policy.
   *
   * @throws RefusedException if that cannot be done, for want of an attribute for example. All of the
   *     policy is refused then: which part of it a device could do without is not for us to say.
   */
  static Granted of(TopicGrants policy, Map<String, String> attributes, Identity identity)
      throws RefusedException {
    try {
      return new Granted(policy, attributes, policy.resolve(identity, attributes));
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Refusal.UNUSABLE_POLICY, e.getMessage());
    }
  }

  /** Whether it was made of just these. */
  boolean isMadeOf(TopicGrants otherPolicy, Map<String, String> otherAttributes) {
    return policy.equals(otherPolicy) && attributes.equals(otherAttributes);
  }
}
