package io.mintmark.device;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Stands between a device and a server and lets the network go bad. What is set holds for what passes
 * from then on, on connections there are and on new ones, until {@link #recover}. Thread-safe.
 */
final class FaultProxy implements AutoCloseable {

  private static final int CHUNK = 8_192;

  private final int target;
  private final ServerSocket listener;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean refusing;
  private volatile boolean silent;
  private volatile boolean losingAnswers;
  private volatile long answerBytes = Long.MAX_VALUE;
  private volatile long delayNanos;
  private volatile long bytesPerSecond = Long.MAX_VALUE;

  /**
   * @param target the server's port, on the loopback address
   */
  FaultProxy(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  /** Where the device connects to. */
  int port() {
    return listener.getLocalPort();
  }

  /** Nobody is there: a connection is reset when it comes. */
  void refuse() {
    refusing = true;
  }

  /** Nothing that is sent arrives any more, either way, and nobody is told: half-open connections. */
  void fallSilent() {
    silent = true;
  }

  /** What the device sends arrives, and of the answers nothing. */
  void loseAnswers() {
    losingAnswers = true;
  }

  /** Of each connection from now on so many bytes of answers arrive, and then no more. */
  void breakAnswersAfter(long bytes) {
    answerBytes = bytes;
  }

  /** Everything arrives so much later. */
  void delay(Duration latency) {
    delayNanos = latency.toNanos();
  }

  /** So much passes in a second, either way, on each connection. */
  void limit(long bandwidth) {
    bytesPerSecond = bandwidth;
  }

  /** Ends the connections there are, as who closes them in order. */
  void cut() {
    open.forEach(FaultProxy::closeQuietly);
    open.clear();
  }

  /** Ends the connections there are, as a machine that has forgotten them. */
  void reset() {
    open.forEach(FaultProxy::resetQuietly);
    open.clear();
  }

  /** From now on connections work again; those before are ended. */
  void recover() {
    cut();
    refusing = false;
    silent = false;
    losingAnswers = false;
    answerBytes = Long.MAX_VALUE;
    delayNanos = 0;
    bytesPerSecond = Long.MAX_VALUE;
  }

  private void accept() throws IOException {
    while (true) {
      Socket device = listener.accept();
      if (refusing) {
        resetQuietly(device);
        continue;
      }
      open.add(device);
      if (silent) {
        continue;
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(server);
      long answers = answerBytes;
      run(() -> pump(device, server, Long.MAX_VALUE, false));
      run(() -> pump(server, device, answers, true));
    }
  }

  private void pump(Socket from, Socket to, long most, boolean answers) throws IOException {
    long left = most;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[CHUNK];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hold(n);
        if (!isLost(answers)) {
          int passing = (int) Math.min(n, left);
          out.write(buffer, 0, passing);
          left -= passing;
        }
      }
    } finally {
      // That the other side is gone is told to nobody either.
      if (left > 0 && !isLost(answers)) {
        closeQuietly(from);
        closeQuietly(to);
      }
    }
  }

  private boolean isLost(boolean answers) {
    return silent || (answers && losingAnswers);
  }

  private void hold(int bytes) throws IOException {
    try {
      TimeUnit.NANOSECONDS.sleep(
          delayNanos + (long) (bytes * (TimeUnit.SECONDS.toNanos(1) / (double) bytesPerSecond)));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void run(Task task) {
    Thread thread = new Thread(
        () -> {
          try {
            task.run();
          } catch (IOException e) {
            // The connection is gone, as it may be.
          }
        },
        "fault-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private static void resetQuietly(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // Gone already.
    }
    closeQuietly(socket);
  }

  private static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Gone already.
    }
  }

  @Override
  public void close() {
    closeQuietly(listener);
    cut();
  }
}
