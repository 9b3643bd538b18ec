package io.mintmark.simulators;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A manifest as a factory keeps it: {@code device,pin} and whatever columns somebody added. It adds
 * devices and corrects their pins; all else stays as it was found.
 */
record ManifestFile(Path path) {

  private static final String DEVICE = "device";
  private static final String PIN = "pin";
  private static final String PIN_FORM = "spki-sha256:[0-9a-f]{64}";

  /**
   * Lists these devices.
   *
   * @param pins pins of the form {@code spki-sha256:HEX64} by device id
   * @throws IOException if the file there has no device column first, or cannot be written
   */
  void put(Map<String, String> pins) throws IOException {
    List<String> lines = new ArrayList<>();
    if (Files.exists(path)) {
      lines.addAll(Files.readAllLines(path));
    }
    if (lines.isEmpty()) {
      lines.add(DEVICE + "," + PIN);
    }
    List<String> columns =
        Arrays.stream(lines.get(0).split(",", -1)).map(String::strip).toList();
    if (!columns.get(0).equals(DEVICE)) {
      throw new IOException("manifest " + path + " does not begin with a column named device:"
          + " move the column, or the file away");
    }
    Map<String, String> missing = new HashMap<>(pins);
    lines.replaceAll(line -> {
      String pin = missing.remove(line.split(",", 2)[0].strip());
      return pin == null ? line : line.replaceFirst(PIN_FORM, pin);
    });
    pins.forEach((device, pin) -> {
      if (missing.containsKey(device)) {
        lines.add(columns.stream()
            .map(column -> column.equals(DEVICE) ? device : column.equals(PIN) ? pin : "")
            .collect(Collectors.joining(",")));
      }
    });
    AtomicFile.write(path, String.join("\n", lines) + "\n");
  }
}
