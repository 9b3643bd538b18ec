package io.mintmark.provisioning;

import java.io.IOException;
import java.nio.file.Path;

/** A fleet's YAML file as an operator keeps it: its factory CAs may stand in files beside it. */
public final class FleetFile {

  private FleetFile() {}

  /**
   * The YAML with each factory CA file's PEM put in, the form {@link FleetApplier} takes.
   *
   * @param yaml the file; paths in it are relative to its folder
   * @throws IOException if a file cannot be read; the message names it
   * @throws Refusal INVALID if the YAML cannot be understood
   */
  public static String inline(Path yaml) throws IOException, Refusal {
    return null;
  }
}
