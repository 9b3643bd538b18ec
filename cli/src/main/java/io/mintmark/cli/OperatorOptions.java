package io.mintmark.cli;

import io.mintmark.identity.Pem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a verb reaches the operator API: through the data folder here, or by flags elsewhere. */
final class OperatorOptions {

  @Mixin
  private DataFolder data;

  @Option(
      names = "--operator-url",
      paramLabel = "URL",
      description = "The operator API (default: what the service wrote into the data folder).")
  private URI url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Holds the operator token (default: operator.token in the data folder).")
  private Path tokenFile;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description = "Trust anchors of the service, PEM (default: trust.pem in the data folder).")
  private Path trust;

  OperatorClient client() throws CommandFailure {
    return new OperatorClient(url == null ? recordedUrl() : url, token(), trustAnchors());
  }

  /** Whether a service was named, and not only a data folder. */
  boolean isRemote() {
    return url != null;
  }

  Path dataFolder() {
    return data.path();
  }

  List<X509Certificate> trustAnchors() throws CommandFailure {
    Path file = trust == null ? data.path().resolve("trust.pem") : trust;
    try {
      return Pem.certificates(read(file));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, file + ": " + e.getMessage());
    }
  }

  private String token() throws CommandFailure {
    Path file = tokenFile == null ? data.path().resolve("operator.token") : tokenFile;
    return OperatorClient.token(file, read(file));
  }

  private URI recordedUrl() throws CommandFailure {
    try {
      return Endpoints.read(data.path()).operator();
    } catch (NoSuchFileException e) {
      throw missing(data.path().resolve(Endpoints.FILE));
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "the endpoints in the data folder are not readable (" + e.getMessage()
              + "); name the API with --operator-url");
    }
  }

  private String read(Path file) throws CommandFailure {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw missing(file);
    } catch (IOException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, "cannot read " + file + ": " + e);
    }
  }

  private static CommandFailure missing(Path file) {
    return new CommandFailure(
        CommandFailure.UNUSABLE,
        "there is no file " + file + ": is 'mintmark up' running with this data folder? Choose"
            + " the folder with --data, or name --operator-url, --token-file and --trust");
  }
}
