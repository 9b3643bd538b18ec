package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session on a disk, over connections and processes that end at any moment. */
class BufferRestartTest {

  private static final int MESSAGES = 600;
  private static final int BYTES = 40_000;

  @TempDir
  Path temp;

  private final Random random = new Random();
  private final Deque<MqttPublish> unanswered = new ArrayDeque<>();
  private final List<Session> ended = new ArrayList<>();
  private Path folder;
  private Session session;
  private Attachment connection;
  private int folders;

  private void open() throws IOException {
    OfflineBuffer bounds = OfflineBuffer.disk(10_000, 1 << 20);
    MessageLog log = MessageLog.open(folder, BYTES, new SmallDisk());
    session = new Session(
        lost -> new DiskBacklog(log, bounds, Clock.systemUTC(), lost),
        bounds.whenFull(),
        new BufferWatch() {
          @Override
          public void dropped(long messages, DeviceException cause) {
            throw new AssertionError(messages + " dropped", cause);
          }

          @Override
          public void dirty() {}
        });
    connect(random.nextBoolean());
  }

  private void connect(boolean sessionPresent) {
    unanswered.clear();
    connection = Attachments.granting(sessionPresent, 1 + random.nextInt(7));
    session.attach(connection);
  }

  /** What a process leaves that is killed: its files as they are. */
  private void kill() throws IOException {
    Path next = Files.createDirectory(temp.resolve("buffer-" + folders++));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.log")) {
      for (Path file : files) {
        Files.copy(file, next.resolve(file.getFileName()));
      }
    }
    ended.add(session);
    folder = next;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void deliversEverythingInOrder(long seed) throws Exception {
    random.setSeed(seed);
    folder = temp.resolve("buffer");
    open();
    List<Integer> arrived = new ArrayList<>();
    int published = 0;
    while (published < MESSAGES || session.state().waiting() + session.state().inFlight() > 0) {
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          for (Session.Frame frame : session.take(connection, 0)) {
            MqttPublish packet =
                (MqttPublish) Packets.read(new ByteArrayInputStream(frame.bytes()), 1_000);
            arrived.add(ByteBuffer.wrap(packet.getPayload()).getInt());
            unanswered.add(packet);
          }
        }
        case 2, 3, 4 -> {
          if (!unanswered.isEmpty()) {
            session
                .published(connection, unanswered.poll().getMessageId())
                .done()
                .complete(null);
          }
        }
        case 5 -> {
          if (random.nextInt(8) == 0) {
            session.detach(connection);
            connect(random.nextInt(3) > 0);
          } else if (random.nextInt(8) == 0) {
            session.sync();
          }
        }
        case 6 -> {
          if (random.nextInt(40) == 0) {
            kill();
            open();
          } else if (random.nextInt(40) == 0) {
            session.close(new RetryLaterException("closed"));
            open();
          }
        }
        default -> {
          for (int i = random.nextInt(12); i > 0 && published < MESSAGES; i--) {
            byte[] payload =
                ByteBuffer.allocate(4 + random.nextInt(60)).putInt(published).array();
            assertThat(session.publish(new Outgoing("t", payload, 1))).isNotNull();
            published++;
          }
        }
      }
    }
    List<Integer> firsts = arrived.stream().distinct().toList();
    assertThat(firsts).hasSize(MESSAGES).isSorted();
    assertThat(ended).as("processes that ended without a word").isNotEmpty();
    session.close(new RetryLaterException("over"));
    ended.forEach(s -> s.close(new RetryLaterException("over")));
    assertThat(folder).isDirectoryNotContaining("glob:**.log");
  }
}
