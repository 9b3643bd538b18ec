package io.mintmark.provisioning.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.mintmark.identity.Pem;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;

/** Reads an export line by line, however long it is. */
public final class ExportFile {

  static final int VERSION = 1;

  private ExportFile() {}

  /**
   * Hands on what the file holds.
   *
   * @throws IOException naming the line if it is not as an export writes it
   */
  public static void read(Path file, AuditSink sink) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      long number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        String where = file + ", line " + number;
        ExportLine read = parse(line, where);
        if ((number == 1) != (read.export() != null)) {
          throw new IOException(where + ": an export begins with its own line \"export\"");
        }
        hand(read, where, sink);
      }
      if (number == 0) {
        throw new IOException(file + " is empty: an export has at least its own line");
      }
    }
  }

  private static ExportLine parse(String line, String where) throws IOException {
    try {
      return AuditJson.MAPPER.readValue(line, ExportLine.class);
    } catch (JsonProcessingException e) {
      throw new IOException(where + " is not a line of an export: " + e.getOriginalMessage(), e);
    }
  }

  private static void hand(ExportLine line, String where, AuditSink sink) throws IOException {
    if (line.export() != null) {
      if (line.export().version() != VERSION || line.export().hash() == null) {
        throw new IOException(where + " is of version " + line.export().version()
            + ": check it with a later Mintmark");
      }
      sink.begin(line.export().after(), line.export().hash());
    } else if (line.certificate() != null) {
      sink.certificate(certificate(line.certificate(), where));
    } else if (line.checkpoint() != null && line.checkpoint().isWhole()) {
      sink.checkpoint(line.checkpoint());
    } else if (line.row() != null && line.row().at() != null && line.row().hash() != null) {
      sink.row(line.row());
    } else {
      throw new IOException(where + " is not a line of an export");
    }
  }

  private static X509Certificate certificate(String pem, String where) throws IOException {
    try {
      return Pem.certificates(pem).get(0);
    } catch (IllegalArgumentException e) {
      throw new IOException(where + ": " + e.getMessage(), e);
    }
  }
}
