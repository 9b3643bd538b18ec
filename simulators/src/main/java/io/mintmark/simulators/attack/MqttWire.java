package io.mintmark.simulators.attack;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * MQTT by hand over one wire, for moves no client library makes. What is published to it is remembered
 * while it waits for something else. For one thread.
 */
final class MqttWire implements AutoCloseable {

  private static final int TYPE = 0xf0;

  private final Wire wire;
  private final DataInputStream in;
  private final Set<String> messages = new HashSet<>();
  private boolean closed;

  MqttWire(Wire wire) {
    this.wire = wire;
    this.in = new DataInputStream(wire.in());
  }

  /** A packet that came: type and flags, and the rest. */
  private record Arrived(int first, byte[] body) {
    int type() {
      return first & TYPE;
    }
  }

  void send(byte[]... packets) throws IOException {
    wire.send(packets);
  }

  /** Sends a CONNECT and reads the answer. */
  Sighting connect(byte[] packet) {
    return ask(Packet.CONNACK, packet);
  }

  /** Publishes with QoS 1 and reads the answer. */
  Sighting publish(byte[] packet) {
    return ask(Packet.PUBACK, packet);
  }

  Sighting subscribe(byte[] packet) {
    return ask(Packet.SUBACK, packet);
  }

  /**
   * Sends something that ends a connection, if it is answered as it should be: held against if the
   * other side disconnects, and not if it goes on to answer a ping.
   */
  Sighting survives(byte[]... packets) {
    try {
      send(packets);
      send(Packet.ping());
    } catch (IOException e) {
      return refusal(e);
    }
    return await(Packet.PINGRESP);
  }

  /** Sends packets and waits for an answer of this type. */
  Sighting ask(int type, byte[]... packets) {
    try {
      send(packets);
    } catch (IOException e) {
      // What was said before may still be there to be read.
      Sighting last = await(type);
      return last.refused() ? last : Sighting.of(e);
    }
    return await(type);
  }

  /** Reads on until a packet of this type, or the end. */
  private Sighting await(int type) {
    try {
      while (true) {
        Arrived next = read();
        if (next.type() == type) {
          return seen(next);
        }
        if (next.type() == Packet.DISCONNECT) {
          return disconnected(next);
        }
        if (next.type() == Packet.CONNACK || next.type() == Packet.PUBACK) {
          Sighting other = seen(next);
          if (other.refused()) {
            return other;
          }
        }
      }
    } catch (IOException e) {
      return refusal(e);
    }
  }

  /** MQTT 5.0, section 3.14: whatever the reason code, it is over. */
  private static Sighting disconnected(Arrived packet) {
    return Sighting.of(
        "DISCONNECT", packet.body.length == 0 ? 0x80 : (packet.body[0] & 0xff) | 0x80);
  }

  private static Sighting refusal(IOException e) {
    return e instanceof SocketTimeoutException ? Sighting.unclear("no answer") : Sighting.of(e);
  }

  private static Sighting seen(Arrived packet) {
    byte[] body = packet.body;
    return switch (packet.type()) {
      // The return codes of MQTT 3.1.1 are small: anything but 0 is a refusal.
      case Packet.CONNACK ->
        body.length == 2 && body[1] > 0
            ? new Sighting(Sighting.Outcome.REFUSED, "CONNACK return code " + body[1])
            : Sighting.of("CONNACK", body[1] & 0xff);
      case Packet.PUBACK -> Sighting.of("PUBACK", body.length > 2 ? body[2] & 0xff : 0);
      case Packet.SUBACK -> Sighting.of("SUBACK", body[body.length - 1] & 0xff);
      default -> Sighting.accepted("the connection went on");
    };
  }

  /** Whether this message comes; what else comes meanwhile is remembered. */
  boolean receives(String payload) {
    try {
      while (!messages.contains(payload)) {
        read();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits for the other side to end it: refused if it does in time. */
  Sighting ends(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      try {
        wire.socket().setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
        Arrived next = read();
        if (next.type() == Packet.DISCONNECT) {
          return disconnected(next);
        }
      } catch (SocketTimeoutException e) {
        break;
      } catch (IOException e) {
        return refusal(e);
      }
    }
    return Sighting.accepted("it stayed connected");
  }

  /** Whether the other side has ended it, as far as was read. */
  boolean isClosed() {
    return closed;
  }

  /** Whether this message has come by now. */
  boolean received(String payload) {
    return messages.contains(payload);
  }

  private Arrived read() throws IOException {
    try {
      return next();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      closed = true;
      throw e;
    }
  }

  private Arrived next() throws IOException {
    int first = in.readUnsignedByte();
    int length = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int next = in.readUnsignedByte();
      length |= (next & 0x7f) << shift;
      if (next < 0x80) {
        break;
      }
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("closed in the middle of a packet");
    }
    if ((first & TYPE) == Packet.PUBLISH) {
      took(first, body);
    }
    return new Arrived(first, body);
  }

  /** A marked payload is at the end; QoS 1 wants an answer. */
  private void took(int first, byte[] body) throws IOException {
    String text = new String(body, StandardCharsets.UTF_8);
    int mark = text.lastIndexOf(Watch.MARK);
    if (mark >= 0) {
      messages.add(text.substring(mark));
    }
    if ((first & 0x06) != 0) {
      int topic = ((body[0] & 0xff) << 8) | (body[1] & 0xff);
      send(Packet.raw(Packet.PUBACK, 2, body[2 + topic], body[3 + topic]));
    }
  }

  /** Drops the connection without a word of MQTT, upon which a broker publishes the will. */
  void drop() {
    wire.close();
  }

  @Override
  public void close() {
    drop();
  }
}
