package io.mintmark.device;

import java.util.function.Consumer;
import java.util.function.Function;
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
 * @param buffer how much may wait
 * @param backlog makes what keeps it, open already
 * @param requests how to ask and to answer
 * @param reconnect waits between attempts that failed
 * @param refused waits between attempts that were refused
 * @param clock the time of day, as the device believes it
 * @param random for jitter
 */
record DeviceSettings(
    EstSettings est,
    MqttSettings mqtt,
    DeviceFolder folder,
    DeviceTrust trust,
    String clientIdSuffix,
    String threadName,
    OfflineBuffer buffer,
    Function<Consumer<Dropped>, Backlog> backlog,
    RequestSettings requests,
    Backoff reconnect,
    Backoff refused,
    DeviceClock clock,
    RandomGenerator random) {}
