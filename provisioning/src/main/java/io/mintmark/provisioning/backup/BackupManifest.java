package io.mintmark.provisioning.backup;

import java.time.Instant;
import java.util.List;

/**
 * What a backup says about itself: its first file, JSON.
 *
 * @param format of backups; a Mintmark reads none of a higher one
 * @param contents {@code everything} or {@code keys}
 * @param madeAt before the first of it was read
 * @param trustDomain the installation's name; null where only keys are in it
 * @param keysElsewhere CA keys that are not in it, as the registry names them: in a PKCS#11 token,
 *     or taken out of the folder
 * @param files those that are in it
 */
public record BackupManifest(
    int format,
    String contents,
    Instant madeAt,
    String trustDomain,
    List<String> keysElsewhere,
    List<Entry> files) {

  /** What this Mintmark writes. */
  static final int FORMAT = 1;

  static final String EVERYTHING = "everything";
  static final String KEYS = "keys";

  /**
   * A file in it.
   *
   * @param name in the data folder
   * @param size in bytes
   * @param sha256 lower-case hex
   */
  public record Entry(String name, long size, String sha256) {}

  /** Copies the lists. */
  public BackupManifest {
    keysElsewhere = List.copyOf(keysElsewhere);
    files = List.copyOf(files);
  }

  /** Whether there is a file of this name. */
  public boolean has(String name) {
    return files.stream().anyMatch(f -> f.name().equals(name));
  }

  /** The names of the CA keys in it. */
  public List<String> keys() {
    return files.stream().map(Entry::name).filter(BackupNames::isKey).toList();
  }
}
