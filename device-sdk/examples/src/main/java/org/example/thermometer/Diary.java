package org.example.thermometer;

import io.mintmark.device.DeviceException;
import io.mintmark.device.DeviceListener;
import io.mintmark.device.Message;
import io.mintmark.device.RefusedException;
import io.mintmark.identity.Credential;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Writes down what happens to the device. A real one would light a lamp at {@link #refused}, which
 * needs a person, and count the rest; docs/sdk/events-and-exceptions.md says what each event asks
 * for.
 */
final class Diary implements DeviceListener {

  @Override
  public void enrolled(Credential credential) {
    note("enrolled as " + credential.identity().spiffeId() + until(credential));
  }

  @Override
  public void renewed(Credential credential) {
    note("renewed" + until(credential));
  }

  @Override
  public void connected(boolean sessionPresent) {
    note("connected" + (sessionPresent ? ", the session was kept" : ", a new session"));
  }

  @Override
  public void moved(Duration gap, boolean sessionPresent) {
    note("moved to the new certificate, " + gap.toMillis() + " ms without a connection");
  }

  @Override
  public void disconnected(DeviceException cause) {
    note("disconnected: " + cause.getMessage());
  }

  @Override
  public void retrying(DeviceException cause, Instant next) {
    note("trying again at " + next + ": " + cause.getMessage());
  }

  @Override
  public void refused(RefusedException reason, Instant next) {
    note("REFUSED, a person has to look: " + reason.getMessage());
  }

  @Override
  public void renewalFailed(DeviceException cause, Instant next) {
    note("not renewed, again at " + next + ": " + cause.getMessage());
  }

  @Override
  public void trustReplaced(List<X509Certificate> anchors) {
    note("follows the service to " + anchors.size() + " trust anchor(s)");
  }

  @Override
  public void trustRefused(RefusedException reason) {
    note("does not take new trust anchors: " + reason.getMessage());
  }

  @Override
  public void clockCorrected(Duration ahead) {
    note("goes by the service's clock, the system's is ahead by " + ahead.toSeconds() + " s");
  }

  @Override
  public void dropped(long messages, DeviceException cause) {
    note("lost " + messages + " message(s): " + cause.getMessage());
  }

  @Override
  public void subscriptionRefused(String filter, DeviceException cause) {
    note("may not subscribe to " + filter + ": " + cause.getMessage());
  }

  @Override
  public void replyFailed(Message request, DeviceException cause) {
    note("could not answer " + request + ": " + cause.getMessage());
  }

  @Override
  public void handlerFailed(Message message, Throwable failure) {
    note("could not handle " + message + ": " + failure);
  }

  @Override
  public void unhandled(Message message) {
    note("nobody waits for " + message);
  }

  private static String until(Credential credential) {
    return ", good until " + credential.certificate().getNotAfter().toInstant();
  }

  private static void note(String event) {
    System.out.println(Instant.now() + " " + event);
  }
}
