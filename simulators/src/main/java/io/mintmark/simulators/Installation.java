package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import java.io.IOException;

/**
 * The system under test as a scenario sees it: service and broker, where they are, and what an
 * operator may do to them. The command line implements it, in this process or against another.
 */
public interface Installation extends Site {

  /** Revokes a device for good. */
  void revoke(DeviceId device) throws IOException;

  /** Stops the provisioning service, and nothing else; returns when its ports are closed. */
  void stopService() throws IOException;

  /** Starts it again where it was; returns when the brokers follow its feed again. */
  void startService() throws IOException;
}
