package io.mintmark.simulators;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One MQTT 5 session on a {@link LoadLoop}, with next to no heap of its own. Used on the loop's
 * thread only, but for {@link #isOpen}.
 */
final class LoadSession implements TlsLink.Owner {

  /** Hears what becomes of a session. Called on the loop's thread. */
  interface Listener {

    /** Messages were delivered, and acknowledged where their QoS asks for that. */
    default void delivered(LoadSession session, int messages) {}

    /** One that was let in is over. */
    default void ended(LoadSession session) {}
  }

  /** Without one in the CONNACK: MQTT 5.0, section 3.2.2.3.3. */
  private static final int DEFAULT_RECEIVE_MAXIMUM = 65_535;

  private static final int AT_A_TIME = 32;
  private static final int TURN_MILLIS = 100;
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int LARGEST_ID = 65_535;
  private static final int TYPE = 0xf0;
  private static final int QOS = 0x06;

  private final LoadDevice device;
  private final Listener listener;
  private TlsLink link;
  private volatile boolean open;
  private boolean over;
  private String refusal;
  private String subscribing;

  /** Part of a packet; null if there is none. */
  private byte[] rest;

  private int receiveMaximum = DEFAULT_RECEIVE_MAXIMUM;
  private int unacknowledged;
  private int lastId;

  /** A session to be, of a device. */
  LoadSession(LoadDevice device, Listener listener) {
    this.device = device;
    this.listener = listener;
  }

  /** Has it subscribe with QoS 1 before it counts as open; to be called before it connects. */
  LoadSession subscribing(String filter) {
    subscribing = filter;
    return this;
  }

  LoadDevice device() {
    return device;
  }

  /** Whether it was let in and has not ended. From any thread. */
  boolean isOpen() {
    return open;
  }

  /** Why it was not let in, one line that names no device; null if it was, or is not answered. */
  String refusal() {
    return refusal;
  }

  /** How many messages of QoS 1 may be sent now: section 4.9. */
  int credit() {
    return receiveMaximum - unacknowledged;
  }

  /** Sends so many messages alike, as one piece; between turns. */
  void publish(byte[] topic, byte[] payload, int qos, int messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < messages; i++) {
      int id = 0;
      if (qos > 0) {
        unacknowledged++;
        lastId = lastId % LARGEST_ID + 1;
        id = lastId;
      }
      out.writeBytes(MqttPackets.publish(topic, id, payload));
    }
    link.send(out.toByteArray());
  }

  /**
   * Connects them, so many at a time; returns when each is open or was refused.
   *
   * @throws IOException if this machine cannot open so many sockets, or the broker does not answer
   */
  static void connect(
      LoadLoop loop, InetSocketAddress broker, List<LoadSession> sessions, Progress progress)
      throws IOException {
    List<LoadSession> underway = new ArrayList<>();
    int next = 0;
    long news = System.nanoTime();
    while (next < sessions.size() || !underway.isEmpty()) {
      while (next < sessions.size() && underway.size() < AT_A_TIME) {
        LoadSession session = sessions.get(next++);
        underway.add(session);
        loop.connect(broker, session.device.tls(), session);
      }
      loop.turn(TURN_MILLIS);
      if (underway.removeIf(s -> s.open || s.over)) {
        news = System.nanoTime();
        progress.update((next - underway.size()) + "/" + sessions.size() + " connected");
      } else if (System.nanoTime() - news > STUCK_NANOS) {
        throw new IOException("the broker does not answer " + underway.size() + " connections");
      }
    }
  }

  @Override
  public void opened(TlsLink opened) {
    link = opened;
    // No keep-alive: who is idle sends nothing at all.
    link.send(MqttPackets.connect(device.clientId(), 0));
  }

  @Override
  public void received(TlsLink from, ByteBuffer plain) {
    ByteBuffer in = plain;
    if (rest != null) {
      in = ByteBuffer.allocate(rest.length + plain.remaining())
          .put(rest)
          .put(plain)
          .flip();
      rest = null;
    }
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    int delivered = 0;
    while (in.hasRemaining() && !over) {
      int start = in.position();
      int first = in.get() & 0xff;
      int length = MqttPackets.length(in);
      if (length < 0 || in.remaining() < length) {
        in.position(start);
        rest = new byte[in.remaining()];
        in.get(rest);
        break;
      }
      ByteBuffer body = in.slice(in.position(), length);
      in.position(in.position() + length);
      if ((first & TYPE) == MqttPackets.PUBLISH) {
        delivered++;
        acknowledge(first, body, answers);
      } else {
        take(first & TYPE, body, answers);
      }
    }
    if (answers.size() > 0) {
      link.send(answers.toByteArray());
    }
    if (delivered > 0) {
      listener.delivered(this, delivered);
    }
  }

  private static void acknowledge(int first, ByteBuffer body, ByteArrayOutputStream answers) {
    if ((first & QOS) != 0) {
      int topic = body.getShort() & 0xffff;
      body.position(body.position() + topic);
      answers.writeBytes(MqttPackets.puback(body.getShort() & 0xffff));
    }
  }

  private void take(int type, ByteBuffer body, ByteArrayOutputStream answers) {
    switch (type) {
      case MqttPackets.PUBACK -> unacknowledged--;
      case MqttPackets.CONNACK -> answered(body, answers);
      case MqttPackets.SUBACK -> subscribed(body);
      case MqttPackets.DISCONNECT -> {
        link.close();
        end("a DISCONNECT");
      }
      default -> {
        link.close();
        end("a packet of type 0x%02x".formatted(type));
      }
    }
  }

  /** Section 3.2: flags, reason code, properties. */
  private void answered(ByteBuffer body, ByteArrayOutputStream answers) {
    body.get();
    int reason = body.get() & 0xff;
    if (reason != 0) {
      link.close();
      end("CONNACK 0x%02x".formatted(reason));
      return;
    }
    if (MqttPackets.length(body) > 0) {
      receiveMaximum = MqttPackets.receiveMaximum(body, DEFAULT_RECEIVE_MAXIMUM);
    }
    if (subscribing == null) {
      open = true;
    } else {
      answers.writeBytes(MqttPackets.subscribe(subscribing, 1));
    }
  }

  /** Section 3.9: packet id, properties, one reason code, the last byte. */
  private void subscribed(ByteBuffer body) {
    int reason = body.get(body.limit() - 1) & 0xff;
    if (reason <= 2) {
      open = true;
    } else {
      link.close();
      end("SUBACK 0x%02x".formatted(reason));
    }
  }

  @Override
  public void ended(TlsLink ended, String why) {
    end(why == null ? "the connection was closed before an answer" : why);
  }

  private void end(String why) {
    if (over) {
      return;
    }
    over = true;
    if (open) {
      open = false;
      listener.ended(this);
    } else {
      refusal = why;
    }
  }
}
