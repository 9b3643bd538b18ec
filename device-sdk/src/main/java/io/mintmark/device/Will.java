package io.mintmark.device;

/**
 * What the broker publishes for the device when the connection breaks without a goodbye.
 *
 * @param topic where
 * @param payload what
 * @param qos 0 or 1
 */
record Will(String topic, byte[] payload, int qos) {}
