package io.mintmark.device;

/**
 * A name and a value that travel with a message (MQTT 5, section 3.3.2.3.7); a name may come more
 * than once.
 *
 * @param name up to 65,535 bytes of UTF-8 without control characters
 * @param value as the name
 */
public record UserProperty(String name, String value) {}
