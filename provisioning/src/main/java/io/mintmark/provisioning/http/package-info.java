/**
 * The two HTTPS doors of the provisioning service: one for devices and brokers (EST and the feed),
 * one for operators. Routes decode, ask one class of {@link io.mintmark.provisioning} and encode
 * its answer; every refusal becomes a status in one place, {@link
 * io.mintmark.provisioning.http.Answers}.
 *
 * <p>Parameters and results are never null unless a method says so.
 */
package io.mintmark.provisioning.http;
