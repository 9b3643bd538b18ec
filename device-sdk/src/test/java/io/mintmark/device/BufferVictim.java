package io.mintmark.device;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;

/** A process that publishes until it is killed, and says what it did as soon as it has. */
final class BufferVictim {

  static final long BYTES = 200_000;

  private BufferVictim() {}

  static byte[] payload(int number) {
    byte[] payload = new byte[4 + number % 300];
    new Random(number).nextBytes(payload);
    return ByteBuffer.wrap(payload).putInt(number).array();
  }

  /**
   * Publishes.
   *
   * @param args the folder, and the first number to publish
   */
  public static void main(String[] args) throws Exception {
    OfflineBuffer bounds = OfflineBuffer.disk(1_000, BYTES);
    MessageLog log = MessageLog.open(Path.of(args[0]), BYTES, new Disk());
    Session session = new Session(
        lost -> new DiskBacklog(log, bounds, Clock.systemUTC(), lost),
        bounds.whenFull(),
        new BufferWatch() {
          @Override
          public void dropped(long messages, DeviceException cause) {}

          @Override
          public void dirty() {}
        });
    Attachment connection = Attachments.granting(false, 10);
    session.attach(connection);
    int number = Integer.parseInt(args[1]);
    while (true) {
      for (int i = 0; i < 10; i++) {
        if (session.publish(new Outgoing("t", payload(number), 1)).isCompletedExceptionally()) {
          break;
        }
        System.out.println("published " + number++ + ".");
      }
      for (Session.Frame frame : session.take(connection, 0)) {
        MqttPublish packet =
            (MqttPublish) Packets.read(new ByteArrayInputStream(frame.bytes()), 10_000);
        System.out.println("done " + ByteBuffer.wrap(packet.getPayload()).getInt() + ".");
        session.published(connection, packet.getMessageId());
      }
      if (number % 100 == 0) {
        session.sync();
      }
    }
  }
}
