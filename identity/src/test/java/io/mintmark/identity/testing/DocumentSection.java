package io.mintmark.identity.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A section of a document, for tests that hold the program to what is printed there. */
public final class DocumentSection {

  private static final List<String> MARKS = List.of("## ", "### ");

  private DocumentSection() {}

  /**
   * What stands under a heading of the second or third level, up to the next of its level or above.
   *
   * @param heading without its marks
   * @throws IllegalArgumentException if the document has no such heading
   */
  public static String of(Path document, String heading) throws IOException {
    List<String> lines = Files.readAllLines(document);
    for (int level = 0; level < MARKS.size(); level++) {
      int start = lines.indexOf(MARKS.get(level) + heading);
      if (start >= 0) {
        List<String> marks = MARKS.subList(0, level + 1);
        List<String> section = lines.subList(start + 1, lines.size()).stream()
            .takeWhile(line -> marks.stream().noneMatch(line::startsWith))
            .toList();
        return String.join("\n", section) + "\n";
      }
    }
    throw new IllegalArgumentException(document + " has no section '" + heading + "'");
  }
}
