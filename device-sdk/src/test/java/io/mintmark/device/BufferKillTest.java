package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 while it publishes. */
class BufferKillTest {

  private static final int[] LINES = {1_500, 40, 4_000};

  @TempDir
  Path temp;

  @Test
  void whatWasPublishedIsThere() throws Exception {
    Path folder = temp.resolve("buffer");
    NavigableSet<Integer> owed = new TreeSet<>();
    int next = 0;
    for (int lines : LINES) {
      Process victim = new ProcessBuilder(
              ProcessHandle.current().info().command().orElseThrow(),
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              BufferVictim.class.getName(),
              folder.toString(),
              Integer.toString(next))
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      try (BufferedReader said = victim.inputReader()) {
        int count = 0;
        for (String line = said.readLine(); line != null; line = said.readLine()) {
          if (!line.endsWith(".")) {
            continue;
          }
          int number = Integer.parseInt(line.substring(line.indexOf(' ') + 1, line.length() - 1));
          if (line.startsWith("published")) {
            owed.add(number);
            next = number + 1;
          } else {
            owed.remove(number);
          }
          if (++count == lines) {
            // The process itself would close its output too, before it is read.
            victim.toHandle().destroyForcibly();
          }
        }
      }
      victim.waitFor();
      next = Math.max(next, check(folder, owed));
    }
  }

  /** The number after the last that is there. */
  private int check(Path folder, NavigableSet<Integer> owed) throws Exception {
    MessageLog log = MessageLog.open(folder, BufferVictim.BYTES, new SmallDisk());
    assertThat(log.takeUnreadable()).isZero();
    List<Integer> found = new ArrayList<>();
    while (log.unread() > 0) {
      for (MessageLog.Entry entry : log.read(100, 100_000)) {
        Outgoing message = Packets.stored(entry.packet(), Duration.ZERO, null);
        int number = ByteBuffer.wrap(message.payload()).getInt();
        assertThat(message.payload()).isEqualTo(BufferVictim.payload(number));
        found.add(number);
      }
    }
    log.close();
    assertThat(found).isSorted().doesNotHaveDuplicates().containsAll(owed).isNotEmpty();
    // It may have written one more than it could say; and what it could not write down as done
    // comes again.
    owed.clear();
    owed.addAll(found);
    return found.get(found.size() - 1) + 1;
  }
}
