package io.mintmark.provisioning.backup;

import java.util.List;
import java.util.regex.Pattern;

/** The files of a data folder that backups hold, and no others. */
final class BackupNames {

  static final String MANIFEST = "manifest.json";
  static final String REGISTRY = "registry.db";
  static final String PASSPHRASE = "passphrase";
  static final String KEYS = "ca";

  /** For whoever looks into the folder, and what an operator wrote. */
  static final List<String> OTHERS = List.of("trust.pem", "service.yaml", "version");

  private static final Pattern KEY = Pattern.compile("ca/[A-Za-z0-9-]+\\.p12");

  private BackupNames() {}

  static boolean isKey(String name) {
    return KEY.matcher(name).matches();
  }

  static boolean isSecret(String name) {
    return !OTHERS.contains(name);
  }

  static boolean isKnown(String name) {
    return isKey(name) || name.equals(REGISTRY) || name.equals(PASSPHRASE) || OTHERS.contains(name);
  }
}
