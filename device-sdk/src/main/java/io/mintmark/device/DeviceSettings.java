package io.mintmark.device;

import java.time.Clock;
import java.util.random.RandomGenerator;

/**
 * What a client was built with, checked.
 *
 * @param est where certificates come from
 * @param mqtt how to speak to the broker
 * @param folder the device's memory
 * @param trust whom to trust
 * @param clientIdSuffix what follows the device id in the client id; may be empty
 * @param threadName what threads are named after
 * @param queueLimit most messages that may wait
 * @param requests how to ask and to answer
 * @param reconnect waits between attempts that failed
 * @param refused waits between attempts that were refused
 * @param clock the time of day
 * @param random for jitter
 */
record DeviceSettings(
    EstSettings est,
    MqttSettings mqtt,
    DeviceFolder folder,
    DeviceTrust trust,
    String clientIdSuffix,
    String threadName,
    int queueLimit,
    RequestSettings requests,
    Backoff reconnect,
    Backoff refused,
    Clock clock,
    RandomGenerator random) {}
