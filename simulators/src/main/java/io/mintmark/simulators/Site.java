package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import java.io.IOException;

/** Service and broker as devices and applications see them: where they are, and how to get in. */
public interface Site extends EnrolmentService {

  /** The installation's name. */
  TrustDomain trustDomain();

  /** The broker's host, a name in its certificate. */
  String brokerHost();

  /** The broker's MQTT port with mutual TLS. */
  int brokerPort();

  /**
   * Creates an application, or gives it these grants, and obtains a certificate for it.
   *
   * @return a new key and its chain
   */
  Credential application(String name, TopicGrants grants) throws IOException;
}
