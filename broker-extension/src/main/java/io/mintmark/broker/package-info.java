/**
 * The broker's side of Mintmark: a HiveMQ extension that admits devices and applications by their
 * certificate and nothing else ({@link io.mintmark.broker.MintmarkExtension}), and the runnable
 * broker built around it ({@link io.mintmark.broker.MintmarkBroker}).
 *
 * <p>What the provisioning service says arrives over the feed ({@code FeedFollower}), is folded into
 * one immutable {@code FeedSnapshot}, kept on disk, and asked at each CONNECT ({@code
 * CertificateAuthenticator}); no CONNECT waits for the network and no PUBLISH passes through this
 * code. A new snapshot is held against the live sessions, and those it denies are cut ({@code
 * SessionCutter}).
 *
 * <p>Parameters and results are never null unless a method says so.
 */
package io.mintmark.broker;
