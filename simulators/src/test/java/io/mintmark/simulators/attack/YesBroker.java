package io.mintmark.simulators.attack;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An MQTT broker that says yes: to every CONNECT, every topic and every packet, well-formed or not. It
 * does what it is asked for as far as that can be made out.
 */
final class YesBroker {

  private static final int LONGEST = 8 << 20;
  private static final int LONGEST_DELIVERED = 1 << 16;

  private final List<Client> clients = new CopyOnWriteArrayList<>();

  /** Serves one connection to its end. */
  void serve(InputStream in, OutputStream out) throws IOException {
    Client client = new Client(out);
    clients.add(client);
    try {
      DataInputStream data = new DataInputStream(in);
      while (true) {
        int first = data.readUnsignedByte();
        int length = length(data);
        client.packet(first, data.readNBytes(length > LONGEST ? 0 : length));
      }
    } finally {
      clients.remove(client);
      client.gone();
    }
  }

  private static int length(DataInputStream in) throws IOException {
    int length = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = in.readUnsignedByte();
      length |= shift < 28 ? (next & 0x7f) << shift : 0;
      if (next < 0x80) {
        return shift < 28 ? length : 0;
      }
    }
    return 0;
  }

  /** Client libraries give up on a topic that is none: they are shown one. */
  private void deliver(String asked, byte[] payload) {
    if (payload.length > LONGEST_DELIVERED) {
      return;
    }
    String topic = asked.replaceAll("[^A-Za-z0-9/._$-]", "_") + (asked.isEmpty() ? "_" : "");
    for (Client client : clients) {
      if (client.filters.stream().anyMatch(filter -> matches(filter, topic))) {
        client.send(topic, payload);
      }
    }
  }

  private static boolean matches(String filter, String topic) {
    String[] levels = filter.split("/", -1);
    String[] names = topic.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      if (levels[i].equals("#")) {
        return true;
      }
      if (i >= names.length || (!levels[i].equals("+") && !levels[i].equals(names[i]))) {
        return false;
      }
    }
    return levels.length == names.length;
  }

  private final class Client {
    private final OutputStream out;
    private final List<String> filters = new CopyOnWriteArrayList<>();
    private final Map<Integer, String> aliases = new HashMap<>();
    private int version = 5;
    private String willTopic;
    private byte[] will;

    Client(OutputStream out) {
      this.out = out;
    }

    void packet(int first, byte[] body) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
      switch (first & 0xf0) {
        case 0x10 -> connect(in);
        case 0x30 -> publish(first, in);
        case 0x80 -> subscribe(in);
        case 0xc0 -> answer(0xd0);
        case 0xe0 -> willTopic = null;
        default -> {
          // Whatever it is, it is welcome.
        }
      }
    }

    private void connect(DataInputStream in) throws IOException {
      try {
        text(in);
        version = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        in.readUnsignedShort();
        skipProperties(in);
        text(in);
        if ((flags & 0x04) != 0) {
          skipProperties(in);
          String topic = text(in);
          will = in.readNBytes(in.readUnsignedShort());
          willTopic = topic;
        }
      } catch (IOException e) {
        // It will do.
      }
      answer(0x20, version == 4 ? new int[] {0, 0} : new int[] {0, 0, 0});
    }

    private void publish(int first, DataInputStream in) throws IOException {
      int qos = (first >> 1) & 3;
      int id = 0;
      try {
        String topic = text(in);
        if (qos > 0) {
          id = in.readUnsignedShort();
        }
        Integer alias = version == 4 ? null : alias(in);
        if (alias != null && !topic.isEmpty()) {
          aliases.put(alias, topic);
        } else if (alias != null) {
          topic = aliases.getOrDefault(alias, "");
        }
        deliver(topic, in.readAllBytes());
      } catch (IOException e) {
        // It meant well.
      }
      if (qos > 0) {
        answer(0x40, id >> 8, id & 0xff);
      }
    }

    private void subscribe(DataInputStream in) throws IOException {
      int id = in.readUnsignedShort();
      try {
        if (version != 4) {
          skipProperties(in);
        }
        String filter = text(in);
        while (filter.startsWith("$share/") && filter.indexOf('/', 7) > 0) {
          filter = filter.substring(filter.indexOf('/', 7) + 1);
        }
        filters.add(filter);
      } catch (IOException e) {
        // Then to nothing.
      }
      if (version == 4) {
        answer(0x90, id >> 8, id & 0xff, 1);
      } else {
        answer(0x90, id >> 8, id & 0xff, 0, 1);
      }
    }

    void gone() {
      if (willTopic != null) {
        deliver(willTopic, will);
      }
    }

    void send(String topic, byte[] payload) {
      byte[] name = topic.getBytes(StandardCharsets.ISO_8859_1);
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      rest.writeBytes(Packet.text(name));
      if (version != 4) {
        rest.write(0);
      }
      rest.writeBytes(payload);
      try {
        write(Packet.of(0x30, rest.toByteArray()));
      } catch (IOException e) {
        // It is about to be noticed.
      }
    }

    private void answer(int first, int... body) throws IOException {
      write(Packet.of(first, Packet.raw(body)));
    }

    private void write(byte[] packet) throws IOException {
      synchronized (out) {
        out.write(packet);
        out.flush();
      }
    }

    private void skipProperties(DataInputStream in) throws IOException {
      in.skipNBytes(length(in));
    }

    /** The topic alias among the properties, if it is the first; null if not. */
    private static Integer alias(DataInputStream in) throws IOException {
      byte[] properties = in.readNBytes(length(in));
      return properties.length == 3 && properties[0] == 0x23
          ? ((properties[1] & 0xff) << 8) | (properties[2] & 0xff)
          : null;
    }

    private static String text(DataInputStream in) throws IOException {
      int length = in.readUnsignedShort();
      byte[] bytes = in.readNBytes(length);
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }
}
