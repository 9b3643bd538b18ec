package io.mintmark.simulators.fault;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/** Says what it hears, and remembers what became of its connections. */
final class EchoServer implements AutoCloseable {

  private final ServerSocket listener;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final StringBuilder heard = new StringBuilder();
  private final List<String> ends = new CopyOnWriteArrayList<>();

  EchoServer() throws IOException {
    this(ServerSocketFactory.getDefault());
  }

  EchoServer(ServerSocketFactory sockets) throws IOException {
    listener = sockets.createServerSocket(0, 500, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "echo");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        open.add(socket);
        thread(() -> serve(socket));
      }
    } catch (IOException e) {
      ends.add("closed");
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (heard) {
          heard.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        }
        socket.getOutputStream().write(buffer, 0, n);
      }
      ends.add("end");
    } catch (IOException e) {
      ends.add("reset");
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
  }

  /** All that was heard. */
  String heard() {
    synchronized (heard) {
      return heard.toString();
    }
  }

  /** How many connections there have been. */
  int accepted() {
    return open.size();
  }

  /** Where the newest connection comes from. */
  InetAddress lastFrom() {
    return open.get(open.size() - 1).getInetAddress();
  }

  /** How connections ended: {@code end}, {@code reset}. */
  List<String> ends() {
    return List.copyOf(ends);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
