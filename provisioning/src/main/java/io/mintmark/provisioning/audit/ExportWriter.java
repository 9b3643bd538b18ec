package io.mintmark.provisioning.audit;

import io.mintmark.identity.Pem;
import java.io.IOException;
import java.io.Writer;
import java.security.cert.X509Certificate;
import java.util.List;

/** Writes an export: JSON lines that {@link ExportFile} reads. */
public final class ExportWriter implements AuditSink {

  private final Writer out;
  private long rows;

  /**
   * An export's writer.
   *
   * @param out is neither flushed nor closed here
   */
  public ExportWriter(Writer out) {
    this.out = out;
  }

  /** How many rows were written. */
  public long rows() {
    return rows;
  }

  @Override
  public void begin(long after, ChainHash hash) throws IOException {
    write(ExportLine.of(after, hash));
  }

  @Override
  public void certificate(X509Certificate ca) throws IOException {
    write(ExportLine.of(Pem.encode(List.of(ca))));
  }

  @Override
  public void checkpoint(Checkpoint checkpoint) throws IOException {
    write(ExportLine.of(checkpoint));
  }

  @Override
  public void row(AuditRow row) throws IOException {
    write(ExportLine.of(row));
    rows++;
  }

  private void write(ExportLine line) throws IOException {
    out.write(AuditJson.MAPPER.writeValueAsString(line));
    out.write('\n');
  }
}
