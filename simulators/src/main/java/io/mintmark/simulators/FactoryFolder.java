package io.mintmark.simulators;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The files of a {@link Factory}, the only class that knows their names. */
record FactoryFolder(Path path) {

  Path caFile() {
    return path.resolve("factory-ca.pem");
  }

  Path fleetFile() {
    return path.resolve("fleet.yaml");
  }

  Path manifest() {
    return path.resolve("manifest.csv");
  }

  private Path caKey() {
    return path.resolve("factory-ca-key.pem");
  }

  private Path lineCa() {
    return path.resolve("factory-line-ca.pem");
  }

  private Path lineCaKey() {
    return path.resolve("factory-line-ca-key.pem");
  }

  private Path devices() {
    return path.resolve("devices");
  }

  private Path key(DeviceId device) {
    return devices().resolve(device.value()).resolve("key.pem");
  }

  private Path certificate(DeviceId device) {
    return devices().resolve(device.value()).resolve("cert.pem");
  }

  /** The CA, or null where there is no factory yet. */
  FactoryAuthority loadAuthority() throws IOException {
    if (!Files.exists(caKey())) {
      if (Files.exists(caFile()) || Files.exists(devices())) {
        throw new IOException("folder " + path + " holds part of a factory, without the key of its"
            + " CA (" + caKey().getFileName() + "): choose another folder, or allow to replace it");
      }
      return null;
    }
    Credential root = load(caKey(), caFile());
    return new FactoryAuthority(
        root, Files.exists(lineCaKey()) ? load(lineCaKey(), lineCa()) : root);
  }

  /** The root's key comes last: it is what makes the folder a factory. */
  void saveAuthority(FactoryAuthority authority) throws IOException {
    if (authority.issuer() != authority.root()) {
      AtomicFile.write(lineCa(), Pem.encode(authority.issuer().chain()));
      AtomicFile.writeSecret(lineCaKey(), Pem.encode(authority.issuer().key()));
    }
    AtomicFile.write(caFile(), Pem.encode(authority.root().chain()));
    AtomicFile.writeSecret(caKey(), Pem.encode(authority.root().key()));
  }

  void saveFleetFile(FactoryOptions options) throws IOException {
    if (!Files.exists(fleetFile())) {
      AtomicFile.write(fleetFile(), options.fleetYaml(path.relativize(caFile()).toString()));
    }
  }

  /** The device's credential, or null where it is not there or only half of it is. */
  Credential loadDevice(DeviceId device) throws IOException {
    return Files.exists(key(device)) && Files.exists(certificate(device))
        ? load(key(device), certificate(device))
        : null;
  }

  /** Not synced to the disk, unlike all else: a lost device is simply made again, by thousands. */
  void saveDevice(DeviceId device, Credential credential) throws IOException {
    Path key = key(device);
    Files.createDirectories(key.getParent());
    Files.deleteIfExists(certificate(device));
    Files.deleteIfExists(key);
    Files.createFile(key, ownerOnly(key.getParent()));
    Files.writeString(key, Pem.encode(credential.key()), StandardOpenOption.WRITE);
    Files.writeString(certificate(device), Pem.encode(credential.chain()));
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    return Files.getFileStore(folder).supportsFileAttributeView("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Removes the factory's own files and nothing else. */
  void clear() throws IOException {
    for (Path file : List.of(caKey(), caFile(), lineCaKey(), lineCa(), fleetFile(), manifest())) {
      Files.deleteIfExists(file);
    }
    if (!Files.exists(devices())) {
      return;
    }
    try (Stream<Path> below = Files.walk(devices())) {
      for (Path file : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Credential load(Path key, Path certificates) throws IOException {
    try {
      return new Credential(
          Pem.privateKey(Files.readString(key)), Pem.certificates(Files.readString(certificates)));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "key " + key + " and certificate " + certificates + " are not usable: " + e.getMessage(),
          e);
    }
  }
}
