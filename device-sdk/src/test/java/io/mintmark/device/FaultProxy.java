package io.mintmark.device;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a device and its broker and lets the network go bad. */
final class FaultProxy implements AutoCloseable {

  private final int target;
  private final ServerSocket listener;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();
  private volatile boolean silent;

  FaultProxy(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Nothing that is sent arrives any more, and nobody is told. */
  void fallSilent() {
    silent = true;
  }

  /** From now on connections work again; those before stay dead. */
  void recover() {
    open.forEach(FaultProxy::closeQuietly);
    silent = false;
  }

  private void accept() throws IOException {
    while (true) {
      Socket device = listener.accept();
      if (silent) {
        open.add(device);
        continue;
      }
      Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(device);
      open.add(broker);
      run(() -> pump(device, broker));
      run(() -> pump(broker, device));
    }
  }

  private void pump(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8_192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!silent) {
          out.write(buffer, 0, n);
        }
      }
    }
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void run(Task task) {
    Thread thread = new Thread(() -> {
      try {
        task.run();
      } catch (IOException e) {
        // The connection is gone, as it may be.
      }
    });
    thread.setDaemon(true);
    thread.start();
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
    open.forEach(FaultProxy::closeQuietly);
  }
}
