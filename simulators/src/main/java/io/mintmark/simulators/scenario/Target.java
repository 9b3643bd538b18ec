package io.mintmark.simulators.scenario;

import io.mintmark.identity.DeviceId;
import io.mintmark.simulators.Authorities;
import io.mintmark.simulators.Site;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The installation a scenario is played against: one of this process's own, one on this machine, or
 * one far away. What it cannot do is empty, and a scenario that needs it is refused before it begins.
 */
public interface Target extends Site {

  /** A part of the installation that may be switched off and on. */
  interface Power {
    /** Ends it in order; returns when its ports are closed. */
    void stop() throws IOException;

    /** Ends it as kill -9 does; returns when it is gone. */
    void kill() throws IOException;

    /** Starts it again where it was; returns when it answers. */
    void start() throws IOException;
  }

  /** What it is, one line for reports: {@code own, temporary} or its addresses. */
  String describe();

  /** Revokes a device for good; returns with the service's answer. */
  void revoke(DeviceId device) throws IOException;

  /** MQTT over WebSocket, with its path; empty if there is none, or it is not known. */
  default Optional<URI> webSocket() {
    return Optional.empty();
  }

  /** CRLs and OCSP: an http address; empty if there is none, or it is not known. */
  default Optional<URI> statusService() {
    return Optional.empty();
  }

  /** The operator API: scheme, host and port; empty if it is not known. */
  default Optional<URI> operatorApi() {
    return Optional.empty();
  }

  /** What opens the operator API, a secret; empty if this run is no operator's. */
  default Optional<String> operatorToken() {
    return Optional.empty();
  }

  /** Its CAs; empty if this operator cannot see all that a change of them needs. */
  Optional<Authorities> authorities();

  /** The provisioning service's process; empty if it is not ours to stop. */
  Optional<Power> servicePower();

  /** The broker's process; empty if it is not ours to stop. */
  Optional<Power> brokerPower();

  /** The processor time its processes have used; empty if they are not on this machine. */
  Optional<Duration> cpuTime() throws IOException;
}
