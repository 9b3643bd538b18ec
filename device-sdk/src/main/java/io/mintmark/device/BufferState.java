package io.mintmark.device;

/**
 * How a client's {@link OfflineBuffer} stands.
 *
 * @param waiting messages that wait for a connection or for their turn on it
 * @param inFlight messages of QoS 1 that were sent and have no answer
 * @param bytes what both take, as the buffer's bound counts them
 * @param dropped messages that had to go since the client was built: the buffer was full, they could
 *     not be stored, or nobody waited for the answer that the broker does not take them
 * @param expired messages whose expiry ended while they waited, since the client was built
 * @param unreadable messages that were damaged on disk, found since the client was built
 */
public record BufferState(
    long waiting, int inFlight, long bytes, long dropped, long expired, long unreadable) {}
