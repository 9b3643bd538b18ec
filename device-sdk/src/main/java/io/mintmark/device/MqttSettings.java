package io.mintmark.device;

import java.time.Duration;

/**
 * How to speak to the broker.
 *
 * @param host name or address; its certificate must be for it
 * @param port TLS port
 * @param connectTimeout for each of TCP, TLS and CONNACK
 * @param keepAlive longest silence
 * @param sessionExpiry how long the broker keeps the session of a device that is away
 * @param inFlight most QoS 1 messages without an answer, in each direction
 * @param largestPacket bytes of the largest packet taken from the broker
 * @param will nullable
 */
record MqttSettings(
    String host,
    int port,
    Duration connectTimeout,
    Duration keepAlive,
    Duration sessionExpiry,
    int inFlight,
    int largestPacket,
    Message will) {}
