package io.mintmark.simulators;

/** What a benchmark measured. */
public interface MeasuredReport {

  /** Whether all went as it should and no bar was missed. */
  boolean passed();

  /** Plain text, each line ended by a line feed. */
  String table();

  /** The report as JSON. */
  String toJson();
}
