package io.mintmark.device;

import io.mintmark.identity.Credential;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what the listener hears. */
final class Events implements DeviceListener {

  final List<String> names = new CopyOnWriteArrayList<>();
  final List<Duration> gaps = new CopyOnWriteArrayList<>();
  final List<List<X509Certificate>> anchors = new CopyOnWriteArrayList<>();
  final List<Boolean> sessions = new CopyOnWriteArrayList<>();
  final List<DeviceException> causes = new CopyOnWriteArrayList<>();
  final List<Message> unhandled = new CopyOnWriteArrayList<>();
  final List<Throwable> failures = new CopyOnWriteArrayList<>();

  long count(String name) {
    return names.stream().filter(name::equals).count();
  }

  @Override
  public void enrolled(Credential credential) {
    names.add("enrolled");
  }

  @Override
  public void renewed(Credential credential) {
    names.add("renewed");
  }

  @Override
  public void connected(boolean sessionPresent) {
    sessions.add(sessionPresent);
    names.add("connected");
  }

  @Override
  public void moved(Duration gap, boolean sessionPresent) {
    gaps.add(gap);
    sessions.add(sessionPresent);
    names.add("moved");
  }

  @Override
  public void disconnected(DeviceException cause) {
    causes.add(cause);
    names.add("disconnected");
  }

  @Override
  public void retrying(DeviceException cause, Instant next) {
    causes.add(cause);
    names.add("retrying");
  }

  @Override
  public void refused(RefusedException reason, Instant next) {
    causes.add(reason);
    names.add("refused");
  }

  @Override
  public void renewalFailed(DeviceException cause, Instant next) {
    causes.add(cause);
    names.add("renewalFailed");
  }

  @Override
  public void trustReplaced(List<X509Certificate> trusted) {
    anchors.add(trusted);
    names.add("trustReplaced");
  }

  @Override
  public void trustRefused(RefusedException reason) {
    causes.add(reason);
    names.add("trustRefused");
  }

  @Override
  public void subscriptionRefused(String filter, DeviceException cause) {
    causes.add(cause);
    names.add("subscriptionRefused");
  }

  @Override
  public void replyFailed(Message request, DeviceException cause) {
    causes.add(cause);
    names.add("replyFailed");
  }

  @Override
  public void handlerFailed(Message message, Throwable failure) {
    failures.add(failure);
    names.add("handlerFailed");
  }

  @Override
  public void unhandled(Message message) {
    unhandled.add(message);
    names.add("unhandled");
  }
}
