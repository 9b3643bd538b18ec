package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageLogTest {

  /** Segments of 200 bytes. */
  private static final long BYTES = 1_600;

  @TempDir
  Path temp;

  private final SmallDisk disk = new SmallDisk();
  private Path folder;

  @BeforeEach
  void nameFolder() {
    folder = temp.resolve("buffer");
  }

  private long bytes = BYTES;

  private MessageLog open() throws IOException {
    return MessageLog.open(folder, bytes, disk);
  }

  private static byte[] packet(long number) {
    byte[] packet = new byte[(int) (number * 7 % 23)];
    Arrays.fill(packet, (byte) number);
    return packet;
  }

  private static long append(MessageLog log, long number) throws IOException {
    return log.append(packet(number), number, false);
  }

  private static List<MessageLog.Entry> readAll(MessageLog log) {
    List<MessageLog.Entry> all = new ArrayList<>();
    while (log.unread() > 0) {
      all.addAll(log.read(2, 1_000));
    }
    return all;
  }

  /** The numbers of messages, each of which has to be as it was written. */
  private static List<Long> numbers(MessageLog log) {
    List<Long> numbers = new ArrayList<>();
    for (MessageLog.Entry entry : readAll(log)) {
      assertThat(entry.packet()).isEqualTo(packet(entry.publishedAt()));
      numbers.add(entry.publishedAt());
    }
    return numbers;
  }

  private Map<Path, byte[]> files() throws IOException {
    Map<Path, byte[]> files = new TreeMap<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.log")) {
      for (Path file : found) {
        files.put(file, Files.readAllBytes(file));
      }
    }
    return files;
  }

  @Test
  void keepsMessagesInOrderUntilTheyAreDone() throws IOException {
    MessageLog log = open();
    for (long i = 1; i <= 20; i++) {
      append(log, i);
    }
    log.done(1, packet(1).length);
    log.done(3, packet(3).length);
    long live = log.liveBytes();
    log.close();

    log = open();
    assertThat(log.live()).isEqualTo(18);
    assertThat(log.liveBytes()).isEqualTo(live);
    append(log, 21);
    List<Long> left = numbers(log);
    assertThat(left).hasSize(19).isSorted().startsWith(2L, 4L, 5L).endsWith(20L, 21L);
    log.close();
  }

  @Test
  void deletesTheFilesOfWhatIsDone() throws IOException {
    MessageLog log = open();
    for (long i = 1; i <= 500; i++) {
      append(log, i);
      log.read(1, 1_000);
      log.done(i, packet(i).length);
      assertThat(log.fileBytes()).isLessThan(BYTES);
    }
    assertThat(log.liveBytes()).isZero();
    log.close();
    assertThat(files()).isEmpty();
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    MessageLog log = open();
    append(log, 1);
    for (Path file : files().keySet()) {
      assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }
    assertThat(Files.getPosixFilePermissions(folder)).hasSize(3);
    log.close();
  }

  @Test
  void syncsNothingThatNobodyWaitsFor() throws IOException {
    MessageLog log = open();
    append(log, 1);
    log.endSync(log.beginSync(), false);
    assertThat(log.beginSync()).isEqualTo(LogSync.NOTHING);
    append(log, 2);
    log.done(2, packet(2).length);
    assertThat(log.beginSync()).isEqualTo(LogSync.NOTHING);
    append(log, 3);
    LogSync failed = log.beginSync();
    assertThat(failed.segments()).hasSize(1);
    log.endSync(failed, true);
    LogSync again = log.beginSync();
    assertThat(again.segments()).hasSize(1);
    log.endSync(again, false);
    log.close();
  }

  /** What one message of several files looks like after each byte of them was damaged. */
  @Test
  void losesOneMessageToADamagedByte() throws IOException {
    List<Long> all = writeSome();
    Map<Path, byte[]> files = files();
    assertThat(files).hasSizeGreaterThan(2);
    int count = 0;
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      for (int i = 0; i < file.getValue().length; i++) {
        byte[] damaged = file.getValue().clone();
        damaged[i] ^= (byte) (1 << i % 8);
        restore(files);
        Files.write(file.getKey(), damaged);
        MessageLog log = open();
        long lost = log.takeUnreadable();
        List<Long> read = numbers(log);
        TreeSet<Long> missing = new TreeSet<>(all);
        read.forEach(missing::remove);
        assertThat(read).isSorted().doesNotHaveDuplicates();
        assertThat(missing).as("%s, byte %d", file.getKey(), i).hasSizeLessThan(2);
        // Only what was written last may have been torn by the end of the process.
        if (!missing.contains(all.get(all.size() - 1))) {
          assertThat(lost).isEqualTo(missing.size());
        }
        count += missing.size();
        surviveAnother(log, i);
      }
    }
    assertThat(count).isPositive();
  }

  @Test
  void keepsWhatWasWrittenBeforeATear() throws IOException {
    bytes = 3_000;
    List<Long> all = writeSome();
    Map<Path, byte[]> files = files();
    Path last = files.keySet().stream().reduce((a, b) -> b).orElseThrow();
    int most = 0;
    for (int i = files.get(last).length - 1; i >= 0; i--) {
      restore(files);
      Files.write(last, Arrays.copyOf(files.get(last), i));
      MessageLog log = open();
      assertThat(log.takeUnreadable()).isZero();
      List<Long> read = numbers(log);
      // The note of what is done may be torn too; then that comes again.
      read.removeIf(number -> number < all.get(0));
      assertThat(all.subList(0, read.size())).isEqualTo(read);
      most = Math.max(most, all.size() - read.size());
      surviveAnother(log, i);
    }
    assertThat(most).isPositive();
  }

  @Test
  void takesAZeroedTailForATear() throws IOException {
    writeSome();
    Map<Path, byte[]> files = files();
    Path last = files.keySet().stream().reduce((a, b) -> b).orElseThrow();
    Files.write(last, Arrays.copyOf(files.get(last), 3_000));
    MessageLog log = open();
    assertThat(log.takeUnreadable()).isZero();
    assertThat(Files.size(last)).isEqualTo(files.get(last).length);
    log.close();
  }

  @Test
  void countsAFileThatIsGone() throws IOException {
    List<Long> all = writeSome();
    Path second = files().keySet().stream().skip(1).findFirst().orElseThrow();
    Files.delete(second);
    MessageLog log = open();
    long lost = log.takeUnreadable();
    assertThat(lost).isPositive();
    assertThat(numbers(log)).hasSize((int) (all.size() - lost)).isSorted();
    log.close();
  }

  @Test
  void findsDamageThatCameAfterTheStart() throws IOException {
    List<Long> all = writeSome();
    MessageLog log = open();
    Path second = files().keySet().stream().skip(1).findFirst().orElseThrow();
    Files.write(second, new byte[(int) Files.size(second)]);
    assertThat(numbers(log)).hasSizeLessThan(all.size()).isSorted().startsWith(all.get(0));
    assertThat(log.takeUnreadable()).isEqualTo(all.size() - log.live());
    log.close();
  }

  @Test
  void aPayloadCannotPassForARecord() throws IOException {
    MessageLog log = open();
    append(log, 1);
    Path file = files().keySet().iterator().next();
    byte[] record = Files.readAllBytes(file);
    // A record of another log, whole, as the payload; then the outer one is damaged.
    log.append(LogRecord.message(42, 9, 9, packet(9)), 2, false);
    append(log, 3);
    log.close();
    byte[] bytes = Files.readAllBytes(file);
    bytes[record.length] ^= 1;
    Files.write(file, bytes);
    log = open();
    assertThat(numbers(log)).containsExactly(1L, 3L);
    assertThat(log.takeUnreadable()).isEqualTo(1);
    log.close();
  }

  @Test
  void aMessageThatComesAfterALossIsNotTakenForOneThatIsDone() throws IOException {
    MessageLog log = open();
    append(log, 1);
    append(log, 2);
    Path file = files().keySet().iterator().next();
    int end = (int) Files.size(file);
    log.done(2, packet(2).length);
    log.close();
    byte[] bytes = Files.readAllBytes(file);
    // The message is damaged, and the note after it that it is done is not.
    bytes[end - 1] ^= 1;
    Files.write(file, bytes);
    log = open();
    assertThat(log.takeUnreadable()).isZero();
    append(log, 3);
    log.close();
    log = open();
    assertThat(numbers(log)).containsExactly(1L, 3L);
    log.close();
  }

  /** Messages 3 to 12 are left, in several files. */
  private List<Long> writeSome() throws IOException {
    MessageLog log = open();
    List<Long> left = new ArrayList<>();
    for (long i = 1; i <= 12; i++) {
      append(log, i);
      if (i > 2) {
        left.add(i);
      }
    }
    log.done(1, packet(1).length);
    log.done(2, packet(2).length);
    log.close();
    return left;
  }

  private void restore(Map<Path, byte[]> files) throws IOException {
    for (Path file : files().keySet()) {
      Files.delete(file);
    }
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      Files.write(file.getKey(), file.getValue());
    }
  }

  /** What is written after the damage is there the next time. */
  private void surviveAnother(MessageLog log, int i) throws IOException {
    if (i % 5 != 0) {
      log.close();
      return;
    }
    long sequence = append(log, 99);
    log.close();
    MessageLog next = open();
    List<MessageLog.Entry> entries = readAll(next);
    MessageLog.Entry last = entries.get(entries.size() - 1);
    assertThat(last.sequence()).isEqualTo(sequence);
    assertThat(last.publishedAt()).isEqualTo(99);
    next.close();
  }
}
