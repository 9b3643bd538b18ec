package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.ServerDates;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * Where certificates come from.
 *
 * @param service scheme, host and port
 * @param fleet the fleet, which is the EST label
 * @param bootstrap what opens the first enrolment; null where a stored credential is all there is
 * @param device what the first request calls the device; null without a bootstrap credential
 * @param connectTimeout for the TCP connection
 * @param answerTimeout for each read
 * @param sockets knows the connections to the service
 */
record EstSettings(
    URI service,
    FleetId fleet,
    Credential bootstrap,
    DeviceId device,
    Duration connectTimeout,
    Duration answerTimeout,
    ServiceSockets sockets) {

  EstSettings(
      URI service,
      FleetId fleet,
      Credential bootstrap,
      DeviceId device,
      Duration connectTimeout,
      Duration answerTimeout) {
    this(service, fleet, bootstrap, device, connectTimeout, answerTimeout, new ServiceSockets());
  }

  /**
   * Asks the service; cut with the other connections to it.
   *
   * @param tls who asks, and whom it trusts
   * @param clock the time of day
   * @param dates hears what the service says the time is
   */
  EstClient client(SSLContext tls, Clock clock, ServerDates dates) {
    return new EstClient(
        EstClient.label(service, fleet),
        sockets.over(tls),
        clock,
        connectTimeout,
        answerTimeout,
        dates);
  }
}
