package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A simulated manufacturer: a CA, bootstrap credentials for its devices, the manifest it ships, and
 * a fleet file ready to apply, all in one folder:
 *
 * <pre>
 * factory-ca.pem             the root, which the fleet trusts
 * factory-ca-key.pem         its key, mode 0600
 * factory-line-ca.pem        the intermediate and its key, where there is one
 * factory-line-ca-key.pem
 * fleet.yaml                 for mintmark fleet apply; written once, then yours
 * manifest.csv               device,pin
 * devices/ID/cert.pem        the bootstrap certificate and its chain
 * devices/ID/key.pem         its key, mode 0600
 * </pre>
 *
 * <p>Opening a folder again continues with the CA that is there, and making devices that are there
 * changes nothing, so that a factory grows by asking for more. Not for two processes at once on one
 * folder.
 */
public final class Factory {

  private final FactoryFolder folder;
  private final FactoryAuthority authority;
  private final Clock clock;

  private Factory(FactoryFolder folder, FactoryAuthority authority, Clock clock) {
    this.folder = folder;
    this.authority = authority;
    this.clock = clock;
  }

  /**
   * Opens the factory of a folder, or makes one there.
   *
   * @param folder made when needed
   * @param options for whom, and what the fleet file is to say
   * @throws IOException if the folder holds the factory of another fleet or part of one (and the
   *     options do not allow to replace it), or cannot be written; the message is one line to show
   */
  public static Factory open(Path folder, FactoryOptions options) throws IOException {
    return open(folder, options, Clock.systemUTC());
  }

  static Factory open(Path path, FactoryOptions options, Clock clock) throws IOException {
    FactoryFolder folder = new FactoryFolder(path);
    if (options.replace()) {
      folder.clear();
    }
    FactoryAuthority authority = folder.loadAuthority();
    if (authority == null) {
      authority = FactoryAuthority.create(options.fleet(), options.intermediate(), clock.instant());
      folder.saveAuthority(authority);
    } else {
      requireSame(authority, options, path);
    }
    folder.saveFleetFile(options);
    return new Factory(folder, authority, clock);
  }

  private static void requireSame(FactoryAuthority there, FactoryOptions options, Path path)
      throws IOException {
    FleetId fleet = options.fleet();
    if (!there
        .root()
        .certificate()
        .getSubjectX500Principal()
        .equals(FactoryAuthority.name(fleet))) {
      throw new IOException("folder "
          + path
          + " holds another factory ("
          + there.root().certificate().getSubjectX500Principal().getName()
          + ", not that of fleet "
          + fleet
          + "): choose another folder, or allow to replace it");
    }
  }

  /**
   * Makes the devices {@code prefix-0001} to {@code prefix-<devices>}; those there already stay as
   * they are.
   *
   * @param prefix a device id's characters, short enough to leave room for the number
   * @param devices how many there shall be, at least 0
   * @return their ids in order
   * @throws IOException if a file cannot be written
   * @throws IllegalArgumentException if prefix and number make no device id
   */
  public List<DeviceId> make(String prefix, int devices) throws IOException {
    if (devices < 0) {
      throw new IllegalArgumentException("cannot make " + devices + " devices");
    }
    List<DeviceId> ids = IntStream.rangeClosed(1, devices)
        .mapToObj(n -> new DeviceId("%s-%04d".formatted(prefix, n)))
        .toList();
    make(ids);
    return ids;
  }

  /**
   * Makes these devices; those there already stay as they are.
   *
   * @throws IOException if a file cannot be written
   */
  public void make(List<DeviceId> ids) throws IOException {
    List<String> pins;
    try {
      // Each device is a key pair, a signature and two files, so all processors have work.
      pins = ids.parallelStream().map(this::makeOne).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Map<String, String> pinned = new LinkedHashMap<>();
    for (int i = 0; i < pins.size(); i++) {
      pinned.put(ids.get(i).value(), pins.get(i));
    }
    new ManifestFile(folder.manifest()).put(pinned);
  }

  /** The pin of the device's bootstrap key, which is made if need be. */
  private String makeOne(DeviceId device) {
    try {
      Credential credential = folder.loadDevice(device);
      if (credential == null) {
        credential = authority.issue(device, clock.instant());
        folder.saveDevice(device, credential);
      }
      byte[] spki = credential.certificate().getPublicKey().getEncoded();
      return "spki-sha256:" + Pem.fingerprint(spki);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The bootstrap credential of a device made here.
   *
   * @throws IOException if there is none, or its files cannot be read
   */
  public Credential credential(DeviceId device) throws IOException {
    Credential credential = folder.loadDevice(device);
    if (credential == null) {
      throw new IOException("no bootstrap credential of device " + device + " in " + folder.path());
    }
    return credential;
  }

  /**
   * A new bootstrap credential of a device, for who keeps thousands in a file of its own: no file of this
   * folder knows it, and no manifest before {@link #list}. Thread-safe.
   */
  public Credential issue(DeviceId device) {
    return authority.issue(device, clock.instant());
  }

  /**
   * Lists devices that were issued elsewhere.
   *
   * @param pins of the form {@code spki-sha256:HEX64} by device id
   * @throws IOException if the manifest cannot be written
   */
  public void list(Map<String, String> pins) throws IOException {
    new ManifestFile(folder.manifest()).put(pins);
  }

  /** The fleet file. */
  public Path fleetFile() {
    return folder.fleetFile();
  }

  /** The manifest of all devices made here so far. */
  public Path manifest() {
    return folder.manifest();
  }

  /** The certificate of the factory's root. */
  public Path caFile() {
    return folder.caFile();
  }
}
