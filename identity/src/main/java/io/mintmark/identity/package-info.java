/**
 * What issuer, broker and device must agree on, with nothing but the JDK underneath: who a
 * certificate stands for ({@link io.mintmark.identity.Identity}), what that identity may do ({@link
 * io.mintmark.identity.TopicGrants}), how a key and its chain are kept ({@link
 * io.mintmark.identity.CredentialStore}), how a certificate is asked for ({@link
 * io.mintmark.identity.CertificateRequest}, {@link io.mintmark.identity.EstClient}), when it is
 * renewed ({@link io.mintmark.identity.RenewalSchedule}) and what brokers are told ({@link
 * io.mintmark.identity.FeedPage}).
 *
 * <p>Parameters and results are never null unless a method says so.
 */
package io.mintmark.identity;
