package io.mintmark.device;

import io.mintmark.identity.testing.HeldCertificate;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * As much of a broker as a device needs that connects and publishes, on mutual TLS. It is there in
 * milliseconds, and misbehaves when told to.
 */
final class FakeBroker implements AutoCloseable {

  private static final int CONNECT = 1;
  private static final int PUBLISH = 3;
  private static final int PINGREQ = 12;
  private static final int DISCONNECT = 14;

  final AtomicInteger connects = new AtomicInteger();
  final List<String> published = new CopyOnWriteArrayList<>();

  /** The reason code (MQTT 5, section 3.2.2.2) of its answer to CONNECT; negative for no answer. */
  volatile int answer;

  private final SSLServerSocket listener;
  private final List<SSLSocket> open = new CopyOnWriteArrayList<>();

  FakeBroker(TestPki pki) throws Exception {
    this(pki, pki.server);
  }

  FakeBroker(TestPki pki, HeldCertificate shown) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(
        new KeyManager[] {shown.credential().keyManager()},
        new TrustManager[] {pki.clients(pki.anchors())},
        null);
    listener = (SSLServerSocket)
        tls.getServerSocketFactory().createServerSocket(0, 200, InetAddress.getLoopbackAddress());
    listener.setNeedClientAuth(true);
    thread(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() throws IOException {
    while (true) {
      SSLSocket socket = (SSLSocket) listener.accept();
      open.add(socket);
      thread(() -> serve(socket));
    }
  }

  private void serve(SSLSocket socket) throws IOException {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (true) {
        int header = in.readUnsignedByte();
        byte[] body = in.readNBytes(length(in));
        answer(header, body, out);
      }
    }
  }

  private void answer(int header, byte[] body, OutputStream out) throws IOException {
    switch (header >> 4) {
      case CONNECT -> {
        connects.incrementAndGet();
        if (answer >= 0) {
          out.write(new byte[] {0x20, 3, 0, (byte) answer, 0});
        }
        if (answer > 0) {
          throw new IOException("refused");
        }
      }
      case PUBLISH -> {
        ByteBuffer packet = ByteBuffer.wrap(body);
        byte[] topic = new byte[packet.getShort()];
        packet.get(topic);
        published.add(new String(topic, StandardCharsets.UTF_8));
        if ((header & 6) != 0) {
          out.write(new byte[] {0x40, 2, packet.get(), packet.get()});
        }
      }
      case PINGREQ -> out.write(new byte[] {(byte) 0xd0, 0});
      case DISCONNECT -> throw new IOException("the device has said goodbye");
      default -> {
        // What needs no answer.
      }
    }
  }

  /** Section 1.5.5. */
  private static int length(DataInputStream in) throws IOException {
    int length = 0;
    int shift = 0;
    int b;
    do {
      b = in.readUnsignedByte();
      length |= (b & 0x7f) << shift;
      shift += 7;
    } while ((b & 0x80) != 0);
    return length;
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void thread(Task task) {
    Thread thread = new Thread(
        () -> {
          try {
            task.run();
          } catch (IOException e) {
            // The connection is gone, as it may be.
          }
        },
        "fake-broker");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (SSLSocket socket : open) {
      socket.close();
    }
  }
}
