/**
 * What runs on a device: {@link io.mintmark.device.DeviceClient} enrols once with the bootstrap
 * credential, connects to the broker with the operational one, renews it before it expires and
 * moves the connection to the new certificate without losing a message.
 *
 * <p>MQTT packets are encoded and decoded by Eclipse Paho; connections, threads and the session's
 * state are our own. Paho's {@code MqttAsyncClient} sleeps 100 ms three times in each connect, so a
 * change of certificate would take longer than the 200 ms a device may be away; it cannot prepare
 * the next connection while the last one still serves; and it keeps three threads and a timer for
 * each client.
 *
 * <p>Parameters and results are never null unless a method says so.
 */
package io.mintmark.device;
