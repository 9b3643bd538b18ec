package io.mintmark.cli;

import io.mintmark.device.DeviceException;
import io.mintmark.device.DeviceListener;
import io.mintmark.device.Message;
import io.mintmark.device.RefusedException;
import io.mintmark.identity.Credential;
import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Each event of a device as one line. */
final class PrintedEvents implements DeviceListener {

  private final PrintWriter out;
  private final Consumer<Message> messages;
  private volatile Consumer<String> refusals = reason -> {};

  /** @param messages gets those that arrive before the device has subscribed again */
  PrintedEvents(PrintWriter out, Consumer<Message> messages) {
    this.out = out;
    this.messages = messages;
  }

  /** Who else hears why the device was refused. */
  void onRefused(Consumer<String> listener) {
    refusals = listener;
  }

  @Override
  public void enrolled(Credential credential) {
    say("enrolled as " + credential.identity().spiffeId() + until(credential));
  }

  @Override
  public void renewed(Credential credential) {
    say("renewed" + until(credential));
  }

  @Override
  public void connected(boolean sessionPresent) {
    say("connected, " + session(sessionPresent));
  }

  @Override
  public void moved(Duration gap, boolean sessionPresent) {
    say("moved to the new certificate in " + gap.toMillis() + " ms, " + session(sessionPresent));
  }

  @Override
  public void disconnected(DeviceException cause) {
    say("disconnected: " + cause.getMessage());
  }

  @Override
  public void retrying(DeviceException cause, Instant next) {
    say("tries again at " + next + ": " + cause.getMessage());
  }

  @Override
  public void refused(RefusedException reason, Instant next) {
    refusals.accept(reason.getMessage());
  }

  @Override
  public void renewalFailed(DeviceException cause, Instant next) {
    say("not renewed, tries again at " + next + ": " + cause.getMessage());
  }

  @Override
  public void trustReplaced(List<X509Certificate> anchors) {
    say("trusts " + anchors.size() + " other roots now, as the service does");
  }

  @Override
  public void trustRefused(RefusedException reason) {
    say("does not trust the service's other roots: " + reason.getMessage());
  }

  @Override
  public void clockCorrected(Duration ahead) {
    say("goes by the service's clock, the system's is ahead by " + ahead.toSeconds() + " s");
  }

  @Override
  public void dropped(long messages, DeviceException cause) {
    say("lost " + messages + " message(s): " + cause.getMessage());
  }

  @Override
  public void subscriptionRefused(String filter, DeviceException cause) {
    say("not subscribed to " + filter + ": " + cause.getMessage());
  }

  @Override
  public void replyFailed(Message request, DeviceException cause) {
    say("not answered: " + request + ": " + cause.getMessage());
  }

  @Override
  public void handlerFailed(Message message, Throwable failure) {
    say("not handled: " + message + ": " + failure);
  }

  @Override
  public void unhandled(Message message) {
    messages.accept(message);
  }

  private static String until(Credential credential) {
    return ", good until " + credential.certificate().getNotAfter().toInstant();
  }

  private static String session(boolean present) {
    return present ? "the session was kept" : "a new session";
  }

  private void say(String event) {
    out.println(event);
    out.flush();
  }
}
