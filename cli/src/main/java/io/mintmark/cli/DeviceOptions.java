package io.mintmark.cli;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.DeviceClientBuilder;
import io.mintmark.device.DeviceListener;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.provisioning.Prompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who a device is and where it belongs: by its folder, and by the installation on this machine. */
final class DeviceOptions {

  private static final int MQTT_PORT = 8883;
  private static final String CREDENTIAL = "credential.pem";
  private static final String TRUST = "trust.pem";

  @Mixin
  private DataFolder data;

  @Parameters(
      paramLabel = "FOLDER",
      description = "The device's own folder. Holds its bootstrap certificate and key, cert.pem and"
          + " key.pem, as its factory left them; what it obtains is kept beside them.")
  private Path folder;

  @Option(
      names = "--fleet",
      paramLabel = "FLEET",
      description = "The fleet to enrol in (default: that of the certificate in FOLDER).")
  private String fleet;

  @Option(
      names = "--bootstrap",
      paramLabel = "FILE",
      description =
          "Bootstrap certificate, chain and key in one file, PEM, or PKCS#12 if it is named"
              + " .p12 or .pfx (default: cert.pem and key.pem in FOLDER).")
  private Path bootstrap;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Holds the passphrase of a PKCS#12 file (default: it is asked for).")
  private Path passphraseFile;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description = "The roots of service and broker, PEM; those FOLDER holds already come first"
          + " (default: trust.pem in the data folder).")
  private Path trust;

  @Option(
      names = "--trust-fingerprint",
      paramLabel = "HEX",
      description =
          "The same by the SHA-256 fingerprint of the root, which the service is asked for.")
  private String fingerprint;

  @Option(
      names = "--service",
      paramLabel = "URL",
      description = "The provisioning service (default: what it wrote into the data folder).")
  private URI service;

  @Option(
      names = "--broker",
      paramLabel = "HOST[:PORT]",
      description = "The broker (default: what 'mintmark up' wrote into the data folder, else the"
          + " service's host and port 8883).")
  private String broker;

  /** The client, not started. */
  DeviceClient client(DeviceListener listener) throws CommandFailure {
    try {
      DeviceClientBuilder builder =
          DeviceClient.builder().fleet(fleet()).folder(folder).listener(listener);
      URI place = service == null ? endpoints().service() : service;
      URI mqtt = mqtt(place);
      builder.service(place).broker(mqtt.getHost(), mqtt.getPort());
      bootstrap(builder);
      trust(builder);
      return builder.build();
    } catch (NoSuchFileException e) {
      throw unusable("there is no file " + e.getMessage());
    } catch (IOException
        | UncheckedIOException
        | IllegalArgumentException
        | IllegalStateException e) {
      throw unusable(e.getMessage());
    }
  }

  private FleetId fleet() throws CommandFailure, IOException {
    if (fleet != null) {
      return new FleetId(fleet);
    }
    Optional<Credential> stored = new CredentialStore(file(CREDENTIAL)).load();
    if (stored.isPresent() && stored.get().identity() instanceof Identity.Device device) {
      return device.fleet();
    }
    throw unusable(folder + " holds no operational certificate that tells the fleet: name it with"
        + " --fleet");
  }

  private void bootstrap(DeviceClientBuilder builder) throws CommandFailure, IOException {
    Path certificate = file("cert.pem");
    Path key = file("key.pem");
    if (bootstrap == null && Files.exists(certificate) && Files.exists(key)) {
      builder.bootstrapPem(key, certificate);
    } else if (bootstrap == null && Files.notExists(file(CREDENTIAL))) {
      throw unusable(
          folder + " holds no bootstrap certificate (cert.pem and key.pem), and no other:"
              + " is it a device's folder, as 'mintmark factory' makes them below devices/? Or name the"
              + " bootstrap certificate with --bootstrap");
    } else if (bootstrap != null && bootstrap.toString().matches("(?i).*\\.(p12|pfx)")) {
      builder.bootstrapPkcs12(bootstrap, passphrase());
    } else if (bootstrap != null) {
      builder.bootstrapPem(bootstrap);
    }
  }

  private char[] passphrase() throws CommandFailure, IOException {
    if (passphraseFile != null) {
      return Files.readString(passphraseFile).lines().findFirst().orElse("").toCharArray();
    }
    char[] typed = Prompt.CONSOLE.ask("Passphrase of " + bootstrap);
    if (typed == null) {
      throw unusable("the passphrase of " + bootstrap
          + " is not known and there is no terminal to ask: name its file with --passphrase-file");
    }
    return typed;
  }

  private void trust(DeviceClientBuilder builder) {
    Path local = data.path().resolve(TRUST);
    if (fingerprint != null) {
      builder.trustFingerprint(fingerprint);
    } else if (trust != null) {
      builder.trust(trust);
    } else if (Files.notExists(file(TRUST)) && Files.exists(local)) {
      builder.trust(local);
    }
  }

  private URI mqtt(URI place) throws CommandFailure, IOException {
    if (broker != null) {
      URI named = URI.create("mqtts://" + broker);
      if (named.getHost() == null
          || named.getUserInfo() != null
          || !named.getPath().isEmpty()) {
        throw unusable("--broker '" + broker + "' is not HOST or HOST:PORT");
      }
      return named.getPort() < 0 ? URI.create(named + ":" + MQTT_PORT) : named;
    }
    URI recorded = service == null ? endpoints().mqtt() : null;
    return recorded == null ? URI.create("mqtts://" + place.getHost() + ":" + MQTT_PORT) : recorded;
  }

  private Endpoints endpoints() throws CommandFailure, IOException {
    try {
      return Endpoints.read(data.path());
    } catch (NoSuchFileException e) {
      throw unusable("there is no file " + data.path().resolve(Endpoints.FILE)
          + ": is 'mintmark up' running with this data folder? Choose the folder with --data, or"
          + " name --service, --broker and --trust");
    }
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private static CommandFailure unusable(String message) {
    return new CommandFailure(CommandFailure.UNUSABLE, message);
  }
}
