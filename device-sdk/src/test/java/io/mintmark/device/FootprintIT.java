package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much a device has to carry. */
class FootprintIT {

  private static final long MEGABYTE = 1 << 20;

  /** The build writes down every runtime dependency. */
  @Test
  void jarAndDependenciesAreBelowOneMegabyte() throws IOException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> own =
        Files.newDirectoryStream(Path.of("target"), "mintmark-device-sdk-*.jar")) {
      own.forEach(jars::add);
    }
    String dependencies =
        Files.readString(Path.of("target", "runtime-jars.txt")).strip();
    for (String jar : dependencies.split(File.pathSeparator, -1)) {
      jars.add(Path.of(jar));
    }
    long total = 0;
    for (Path jar : jars) {
      System.out.printf("%,9d bytes %s%n", Files.size(jar), jar.getFileName());
      total += Files.size(jar);
    }
    assertThat(jars)
        .extracting(jar -> jar.getFileName().toString())
        .anyMatch(name -> name.startsWith("mintmark-device-sdk"))
        // No BouncyCastle, no JSON library, no logging library: what is new has to be meant.
        .allMatch(name -> name.matches(
            "(mintmark-device-sdk|mintmark-identity|org.eclipse.paho.mqttv5.client)-.*"));
    assertThat(total).isLessThan(MEGABYTE);
  }
}
