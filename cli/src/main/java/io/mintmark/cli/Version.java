package io.mintmark.cli;

import picocli.CommandLine.IVersionProvider;

/** The version this was built as, from the jar's manifest. */
final class Version implements IVersionProvider {

  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged build)" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"mintmark " + text()};
  }
}
