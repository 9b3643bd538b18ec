package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import java.io.IOException;

/**
 * The system under test as a scenario sees it: service and broker, where they are, and what an
 * operator may do to them. The command line implements it, in this process or against another.
 */
public interface Installation extends EnrolmentService {

  /** The installation's name. */
  TrustDomain trustDomain();

  /** The broker's host, a name in its certificate. */
  String brokerHost();

  /** The broker's MQTT port with mutual TLS. */
  int brokerPort();

  /** Revokes a device for good. */
  void revoke(DeviceId device) throws IOException;

  /**
   * Creates an application, or gives it these grants, and obtains a certificate for it.
   *
   * @return a new key and its chain
   */
  Credential application(String name, TopicGrants grants) throws IOException;

  /** Stops the provisioning service, and nothing else; returns when its ports are closed. */
  void stopService() throws IOException;

  /** Starts it again where it was; returns when the brokers follow its feed again. */
  void startService() throws IOException;
}
