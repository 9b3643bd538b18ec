package io.mintmark.identity;

/**
 * Feed message: what the devices of a fleet may do at the broker. It replaces the fleet's policy
 * before.
 *
 * @param fleet the fleet's id ({@link FleetId})
 * @param clientId the template of {@link ClientIdPattern}
 * @param topics what its devices may publish and subscribe to, unresolved
 * @param removed true when the fleet is no more: its devices may do nothing
 */
public record FleetPolicy(String fleet, String clientId, TopicGrants topics, boolean removed) {}
