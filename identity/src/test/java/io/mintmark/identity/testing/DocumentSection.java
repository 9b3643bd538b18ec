package io.mintmark.identity.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A section of a document, for tests that hold the program to what is printed there. */
public final class DocumentSection {

  private static final String MARK = "## ";

  private DocumentSection() {}

  /**
   * What stands under a heading of the second level, up to the next one.
   *
   * @param heading without its marks
   * @throws IllegalArgumentException if the document has no such heading
   */
  public static String of(Path document, String heading) throws IOException {
    List<String> lines = Files.readAllLines(document);
    int start = lines.indexOf(MARK + heading);
    if (start < 0) {
      throw new IllegalArgumentException(document + " has no section '" + heading + "'");
    }
    List<String> section = new ArrayList<>();
    for (String line : lines.subList(start + 1, lines.size())) {
      if (line.startsWith(MARK)) {
        break;
      }
      section.add(line);
    }
    return String.join("\n", section) + "\n";
  }
}
