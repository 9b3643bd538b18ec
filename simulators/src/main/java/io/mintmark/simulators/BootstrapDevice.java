package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;

/** A device as it left the factory. */
record BootstrapDevice(DeviceId id, Credential credential) {}
