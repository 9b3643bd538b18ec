package io.mintmark.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where programs are. */
final class Programs {

  private Programs() {}

  /**
   * Looks through the path, and where servers are that is not on everybody's.
   *
   * @return null if it is not there
   */
  static String find(String name) {
    String path = System.getenv("PATH");
    List<String> folders =
        new ArrayList<>(List.of((path == null ? "" : path).split(File.pathSeparator, -1)));
    folders.addAll(List.of("/usr/sbin", "/usr/local/sbin"));
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }
}
