package io.mintmark.provisioning.audit;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A line of an export: one of these, the others null.
 *
 * @param export where it begins
 * @param certificate a CA's certificate, PEM
 * @param checkpoint a checkpoint
 * @param row a row
 */
record ExportLine(
    @JsonProperty("export") Beginning export,
    @JsonProperty("certificate") String certificate,
    @JsonProperty("checkpoint") Checkpoint checkpoint,
    @JsonProperty("row") AuditRow row) {

  /**
   * Of the format, and what precedes the first row.
   *
   * @param version 1
   * @param after the sequence of the row before the first
   * @param hash that row's
   */
  record Beginning(int version, long after, ChainHash hash) {}

  static ExportLine of(long after, ChainHash hash) {
    return new ExportLine(new Beginning(ExportFile.VERSION, after, hash), null, null, null);
  }

  static ExportLine of(String certificate) {
    return new ExportLine(null, certificate, null, null);
  }

  static ExportLine of(Checkpoint checkpoint) {
    return new ExportLine(null, null, checkpoint, null);
  }

  static ExportLine of(AuditRow row) {
    return new ExportLine(null, null, null, row);
  }
}
