package io.mintmark.device;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.common.packet.MqttConnAck;
import org.eclipse.paho.mqttv5.common.packet.MqttDisconnect;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;

/**
 * One connection to the broker, from TCP to goodbye, on two threads: one connects and then reads,
 * the other writes. Silence is found by both sides of it: the writer pings when nothing was heard
 * for three quarters of the keep-alive, the reader gives up after one and a half.
 */
final class Link {

  /** Who wanted the connection. Called on the reader's thread. */
  interface Owner {
    /** The credential to connect with; may take as long as an enrolment. */
    TlsCredential credential() throws DeviceException;

    /** TLS is up; CONNECT follows when this returns. */
    void ready(Link link) throws InterruptedException;

    /** The broker accepted. */
    void established(Link link);

    /**
     * The connection is over, or never came to be; its last call.
     *
     * @param cause null if it was {@linkplain #retire retired}
     */
    void ended(Link link, DeviceException cause);
  }

  private static final long LAST_WORDS_MILLIS = 200;

  private final MqttSettings settings;
  private final String clientIdSuffix;
  private final String name;
  private final Session session;
  private final Incoming incoming;
  private final Owner owner;
  private final Wire wire;
  private final CountDownLatch readerOver = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile Attachment attachment;
  private volatile TlsCredential credential;
  private volatile boolean retired;
  private volatile long establishedAt;
  private volatile long leftAt;
  private volatile long lastRead;
  private volatile IOException writeFailure;
  private volatile Thread reader;
  private volatile Thread writer;

  Link(
      MqttSettings settings,
      String clientIdSuffix,
      String name,
      Session session,
      Incoming incoming,
      Owner owner) {
    this.settings = settings;
    this.clientIdSuffix = clientIdSuffix;
    this.name = name;
    this.session = session;
    this.incoming = incoming;
    this.owner = owner;
    this.wire = new Wire(settings.largestPacket());
  }

  /** Begins to connect. Called once. */
  void start() {
    reader = thread("in", this::run);
    reader.start();
  }

  /** Who connected; null until it is known. */
  TlsCredential credential() {
    return credential;
  }

  /** What the broker granted; null until it has. */
  Attachment attachment() {
    return attachment;
  }

  /** When the broker accepted, in {@link System#nanoTime}. */
  long establishedAt() {
    return establishedAt;
  }

  /** When the goodbye was written, in {@link System#nanoTime}; 0 if it was not. */
  long leftAt() {
    return leftAt;
  }

  /** Says goodbye, so that the broker keeps the session and sends no will, and ends. */
  void retire() {
    retired = true;
    Attachment held = attachment;
    if (held == null) {
      wire.close();
    } else {
      session.detach(held);
    }
  }

  /** Ends at once, without a word. */
  void abort() {
    wire.close();
  }

  /** Waits for the end; false if it did not come in time. At once true on a thread of its own. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    return isCurrentThread() || over.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Whether the caller is a thread of this connection. */
  boolean isCurrentThread() {
    Thread caller = Thread.currentThread();
    return caller == reader || caller == writer;
  }

  private Thread thread(String what, Runnable task) {
    Thread created = new Thread(task, name + "-" + what);
    created.setDaemon(true);
    return created;
  }

  private void run() {
    DeviceException cause = null;
    String what = "cannot connect to the broker at " + settings.host() + ":" + settings.port();
    try {
      credential = owner.credential();
      wire.open(settings.host(), settings.port(), credential.context(), settings.connectTimeout());
      owner.ready(this);
      attachment = connect();
      establishedAt = System.nanoTime();
      what = "the connection to the broker broke";
      lastRead = establishedAt;
      session.attach(attachment);
      if (retired) {
        session.detach(attachment);
      }
      owner.established(this);
      writer = thread("out", this::write);
      writer.start();
      read();
    } catch (DeviceException e) {
      cause = e;
    } catch (IOException e) {
      cause = Failures.of(what, writeFailure == null ? e : writeFailure);
    } catch (InterruptedException | RuntimeException | Error e) {
      // Whatever it is, a device that stops reconnecting because of it is lost.
      cause = new RetryLaterException(what + ": " + e, e);
    } finally {
      end(cause);
    }
  }

  private void end(DeviceException cause) {
    if (attachment != null) {
      session.detach(attachment);
    }
    readerOver.countDown();
    Thread writing = writer;
    if (writing != null) {
      try {
        writing.join(LAST_WORDS_MILLIS);
        wire.close();
        writing.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    wire.close();
    try {
      owner.ended(
          this, retired || cause == null ? null : DeviceException.about(About.CONNECTION, cause));
    } finally {
      over.countDown();
    }
  }

  private Attachment connect() throws IOException, DeviceException {
    try {
      wire.write(Packets.connect(credential.identity().device() + clientIdSuffix, settings));
    } catch (IOException e) {
      // In TLS 1.3 a broker that refuses our certificate says so after our side of the handshake is
      // over, and closes. What it said is still to be read, and tells more than a broken pipe.
    }
    MqttWireMessage answer = wire.read();
    if (!(answer instanceof MqttConnAck ack)) {
      throw new IOException(
          "the broker answered CONNECT with a packet of type " + answer.getType());
    }
    if (ack.getReturnCode() == 0) {
      return new Attachment(ack, settings);
    }
    DeviceException refusal = Reason.exception(
        "the broker refused the connection",
        ack.getReturnCode(),
        ack.getProperties().getReasonString());
    // A CONNECT is made of the client's settings: nobody but a person can change it.
    throw refusal instanceof InvalidRequestException
        ? new RefusedException(refusal.getMessage(), ack.getReturnCode())
        : refusal;
  }

  private void read() throws IOException, DeviceException {
    wire.readTimeout(attachment.keepAlive().multipliedBy(3).dividedBy(2));
    while (true) {
      lastRead = System.nanoTime();
      MqttWireMessage packet = wire.read();
      if (packet instanceof MqttDisconnect goodbye) {
        throw Reason.exception(
            "the broker ended the connection",
            goodbye.getReturnCode(),
            goodbye.getProperties().getReasonString());
      }
      incoming.received(attachment, packet);
    }
  }

  private void write() {
    try {
      long silence = attachment.keepAlive().toNanos() / 4 * 3;
      long lastWritten = System.nanoTime();
      long lastPing = lastWritten;
      while (true) {
        long quietSince = Math.max(Math.min(lastWritten, lastRead), lastPing);
        long left = quietSince + silence - System.nanoTime();
        List<Session.Frame> batch = session.take(attachment, left);
        if (batch == null) {
          break;
        }
        if (!batch.isEmpty()) {
          write(batch);
        } else if (left <= 0) {
          wire.write(Packets.ping());
          lastPing = System.nanoTime();
        }
        lastWritten = System.nanoTime();
      }
      if (retired) {
        leftAt = System.nanoTime();
        wire.write(Packets.disconnect());
      }
    } catch (IOException e) {
      writeFailure = e;
      awaitLastWords();
    } catch (InterruptedException e) {
      wire.close();
    }
  }

  private void write(List<Session.Frame> batch) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    batch.forEach(frame -> bytes.writeBytes(frame.bytes()));
    try {
      wire.write(bytes.toByteArray());
    } catch (IOException e) {
      DeviceException cause = DeviceException.about(
          About.MESSAGE, Failures.of("the connection broke while the message was written", e));
      batch.stream()
          .filter(frame -> frame.done() != null)
          .forEach(frame -> frame.done().done().completeExceptionally(cause));
      throw e;
    }
    for (Session.Frame frame : batch) {
      if (frame.done() != null) {
        frame.done().done().complete(null);
      }
    }
  }

  /** What the broker said before it closed may still be unread, and tells more than the failure. */
  private void awaitLastWords() {
    try {
      if (!readerOver.await(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS)) {
        wire.close();
      }
    } catch (InterruptedException e) {
      wire.close();
    }
  }
}
