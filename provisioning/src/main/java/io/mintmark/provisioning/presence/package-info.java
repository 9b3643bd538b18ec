/** Who is connected, as brokers report it, and signs that somebody else has a device's key. */
package io.mintmark.provisioning.presence;
