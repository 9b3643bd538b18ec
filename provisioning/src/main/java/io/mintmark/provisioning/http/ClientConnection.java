package io.mintmark.provisioning.http;

import io.mintmark.provisioning.limits.ClientAddress;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * One connection of a client, from where it comes, and what is expected of it by when: there is one
 * deadline at a time, and missing it ends the connection. Thread-safe.
 */
final class ClientConnection {

  private final ClientAddress address;
  private final boolean exempt;
  private final SocketChannel channel;
  private final Scheduler scheduler;
  private final Consumer<String> onCut;

  private EndPoint endPoint;
  private Deadline awaited;
  private boolean over;

  /**
   * @param exempt whether limits per address do not hold for it
   * @param onCut told the reason when it is cut
   */
  ClientConnection(
      ClientAddress address,
      boolean exempt,
      SocketChannel channel,
      Scheduler scheduler,
      Consumer<String> onCut) {
    this.address = address;
    this.exempt = exempt;
    this.channel = channel;
    this.scheduler = scheduler;
    this.onCut = onCut;
  }

  ClientAddress address() {
    return address;
  }

  boolean isExempt() {
    return exempt;
  }

  /**
   * Jetty has taken it.
   *
   * @throws IOException if it was cut before
   */
  synchronized void opened(EndPoint endPoint) throws IOException {
    if (over) {
      throw new IOException("the connection was cut");
    }
    this.endPoint = endPoint;
  }

  /** Expects something in this time, in place of what was expected before. */
  synchronized void expect(String what, Duration in) {
    met();
    if (!over) {
      awaited = new Deadline(what, in);
    }
  }

  /** Has this done in place of a cut, once, should what is expected now be missed. */
  synchronized void insteadOfCut(Runnable answer) {
    if (awaited != null) {
      awaited.instead = answer;
    }
  }

  /** Nothing is expected now. */
  synchronized void met() {
    if (awaited != null) {
      awaited.task.cancel();
      awaited = null;
    }
  }

  /** It is closed. */
  synchronized void ended() {
    met();
    over = true;
  }

  /** Ends it. */
  void cut(String reason) {
    EndPoint open;
    synchronized (this) {
      if (over) {
        return;
      }
      ended();
      open = endPoint;
    }
    onCut.accept(reason);
    if (open == null) {
      closeQuietly(channel);
    } else {
      open.close(new TimeoutException(reason));
    }
  }

  /** Without a TLS alert or a wait: who is sent away costs no more than that. */
  static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Then it is closed already.
    }
  }

  /** Whether it is still awaited; after that it is not any more. */
  private synchronized boolean take(Deadline deadline) {
    if (awaited != deadline) {
      return false;
    }
    awaited = null;
    return true;
  }

  private final class Deadline implements Runnable {
    private final String missed;
    private final Scheduler.Task task;
    private Runnable instead;

    private Deadline(String what, Duration in) {
      missed = what + " in " + in.toSeconds() + "s";
      instead = () -> cut(missed);
      task = scheduler.schedule(this, in.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void run() {
      // It may have been met while it was about to run.
      if (take(this)) {
        instead.run();
      }
    }
  }
}
