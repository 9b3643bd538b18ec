package io.mintmark.identity;

/**
 * Feed message: what an application may do at the broker. It replaces the application's policy
 * before.
 *
 * @param application the application's name
 * @param topics what it may publish and subscribe to, unresolved
 * @param removed true when the application is no more: it may do nothing
 */
public record ApplicationPolicy(String application, TopicGrants topics, boolean removed) {}
