package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The system under test as a scenario sees it: where it is, and what an operator may do to it. The
 * command line implements it, in this process or against another.
 *
 * <p>Methods that act throw {@link IOException} with one line to show when the installation refused
 * or could not be reached; they return when the change holds.
 */
public interface Installation {

  /** Where devices enrol; the same before and after the service was stopped. */
  URI service();

  /** The broker's host, a name in its certificate. */
  String brokerHost();

  /** The broker's MQTT port with mutual TLS. */
  int brokerPort();

  /** The roots that the service's and the broker's certificates end in. */
  List<X509Certificate> trust();

  /** The installation's name. */
  TrustDomain trustDomain();

  /** Creates the fleet of a fleet file, or brings it up to date. */
  void applyFleet(Path yaml) throws IOException;

  /** Adds the devices of a manifest to a fleet. */
  void importManifest(FleetId fleet, Path csv) throws IOException;

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

  /** Starts it again where it was. */
  void startService() throws IOException;
}
