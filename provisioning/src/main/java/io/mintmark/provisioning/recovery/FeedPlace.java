package io.mintmark.provisioning.recovery;

/**
 * A place in the feed.
 *
 * @param epoch of the service that told it
 * @param sequence the last one that was read there
 */
public record FeedPlace(Epoch epoch, long sequence) {}
