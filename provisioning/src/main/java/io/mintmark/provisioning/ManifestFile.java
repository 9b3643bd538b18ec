package io.mintmark.provisioning;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A manifest as the factory wrote it: CSV (RFC 4180) with a header line, whose columns may come in
 * any order.
 */
final class ManifestFile {

  private static final String DEVICE = "device";
  private static final String PIN = "pin";
  private static final Pattern ATTRIBUTE_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final int LONGEST_ATTRIBUTE = 1024;

  /** A device and the line it begins on, counted from 1. */
  record Line(long number, Device device) {}

  private record Fault(long line, String what) {}

  private final List<Line> lines = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Map<DeviceId, Long> firstLines = new HashMap<>();

  private long last;

  private ManifestFile() {}

  /** The good lines; of any use only when there are no {@link #faults}. */
  List<Line> lines() {
    return lines;
  }

  /** What is wrong, one text for each bad line ({@code line 7: ...}), in order. */
  List<String> faults() {
    return faults.stream()
        .sorted(Comparator.comparingLong(Fault::line))
        .map(fault -> "line " + fault.line() + ": " + fault.what())
        .toList();
  }

  static ManifestFile read(FleetId fleet, String csv) {
    ManifestFile manifest = new ManifestFile();
    try (CsvReader<CsvRecord> reader = CsvReader.builder()
        .commentStrategy(CommentStrategy.NONE)
        .skipEmptyLines(true)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .allowUnclosedQuote(false)
        .ofCsvRecord(csv.startsWith("\uFEFF") ? csv.substring(1) : csv)) {
      List<String> header = null;
      for (CsvRecord csvRecord : reader) {
        manifest.last = csvRecord.getStartingLineNumber();
        if (header == null) {
          header = csvRecord.getFields().stream().map(String::strip).toList();
          if (!manifest.checkHeader(csvRecord.getStartingLineNumber(), header)) {
            return manifest;
          }
        } else {
          manifest.add(fleet, header, csvRecord);
        }
      }
      if (header == null) {
        manifest.fault(1, "the manifest is empty: it begins with a line such as device,pin");
      }
    } catch (CsvParseException | java.io.IOException e) {
      manifest.fault(manifest.last + 1, "this is not CSV: " + Printable.of(e.getMessage()));
    }
    return manifest;
  }

  private boolean checkHeader(long line, List<String> header) {
    if (!header.contains(DEVICE)) {
      fault(
          line,
          "the header '"
              + Printable.of(String.join(",", header))
              + "' has no column 'device': begin with a line such as device,pin");
      return false;
    }
    for (String name : header) {
      if (!ATTRIBUTE_NAME.matcher(name).matches()) {
        fault(
            line,
            "column name '" + Printable.of(name)
                + "' is not valid: use 1 to 64 of A-Z a-z 0-9 _ . -");
        return false;
      }
      if (header.indexOf(name) != header.lastIndexOf(name)) {
        fault(line, "column '" + name + "' is there twice: keep one");
        return false;
      }
    }
    return true;
  }

  private void add(FleetId fleet, List<String> header, CsvRecord csvRecord) {
    long line = csvRecord.getStartingLineNumber();
    if (csvRecord.getFieldCount() != header.size()) {
      fault(line, csvRecord.getFieldCount() + " fields where the header has " + header.size());
      return;
    }
    try {
      DeviceId id = null;
      Pin pin = null;
      Map<String, String> attributes = new LinkedHashMap<>();
      for (int i = 0; i < header.size(); i++) {
        String value = csvRecord.getField(i).strip();
        switch (header.get(i)) {
          case DEVICE -> id = new DeviceId(value);
          case PIN -> pin = value.isEmpty() ? null : Pin.parse(value);
          default -> attribute(attributes, header.get(i), value);
        }
      }
      Long first = firstLines.putIfAbsent(id, line);
      if (first != null) {
        fault(line, "device '" + id + "' is already on line " + first);
        return;
      }
      lines.add(new Line(line, Device.pending(id, fleet, pin, attributes)));
    } catch (IllegalArgumentException e) {
      fault(line, e.getMessage());
    }
  }

  /**
   * Holds a name to what the manifest's columns may be called.
   *
   * @throws IllegalArgumentException if no attribute can have it
   */
  static void requireAttribute(String name) {
    if (!ATTRIBUTE_NAME.matcher(name).matches() || name.equals(DEVICE) || name.equals(PIN)) {
      throw new IllegalArgumentException("${attr." + Printable.of(name)
          + "} names no column a manifest can have: use ${attr.NAME}, NAME 1 to 64 of A-Z a-z 0-9"
          + " _ . - (and not device or pin)");
    }
  }

  private static void attribute(Map<String, String> attributes, String name, String value) {
    if (value.length() > LONGEST_ATTRIBUTE) {
      throw new IllegalArgumentException(
          "attribute '" + name + "' is longer than " + LONGEST_ATTRIBUTE + " characters");
    }
    if (!value.isEmpty()) {
      attributes.put(name, value);
    }
  }

  void fault(long line, String what) {
    faults.add(new Fault(line, what));
  }
}
