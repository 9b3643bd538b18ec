package io.mintmark.provisioning;

import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** A fleet's YAML file as an operator keeps it: its certificates may stand in files beside it. */
public final class FleetFile {

  private static final long LONGEST = 1 << 20;

  private FleetFile() {}

  /**
   * The YAML with the certificates of each file it names put in, the form {@link FleetApplier} takes.
   * Everything else stays as written, lines included, so that the service's messages fit the file.
   *
   * @param yaml the file; paths in it are relative to its folder
   * @throws IOException if a file cannot be read; the message names it
   * @throws Refusal INVALID if the YAML cannot be understood, or a file holds no certificate
   */
  public static String inline(Path yaml) throws IOException, Refusal {
    String text = read(yaml);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    try {
      List<Scalar> files = FleetYaml.files(FleetYaml.top(text));
      StringBuilder out = new StringBuilder(text);
      // From the end, so that the places of the others hold.
      for (int i = files.size() - 1; i >= 0; i--) {
        Scalar entry = files.get(i);
        if (!entry.text().contains("-----BEGIN ")) {
          String pem = certificates(yaml.toAbsolutePath().getParent(), entry.text());
          out.replace(
              text.offsetByCodePoints(0, entry.start()),
              text.offsetByCodePoints(0, entry.end()),
              '"' + pem.replace("\n", "\\n") + '"');
        }
      }
      return out.toString();
    } catch (YamlException e) {
      throw new Refusal(Refusal.Kind.INVALID, yaml + ", " + e.getMessage());
    }
  }

  /** The certificates alone: a key that stands in the same file by mistake stays here. */
  private static String certificates(Path folder, String path) throws IOException, Refusal {
    Path file;
    try {
      file = folder.resolve(path);
    } catch (InvalidPathException e) {
      throw new Refusal(
          Refusal.Kind.INVALID, "certificate '" + Printable.of(path) + "' is not a file name");
    }
    String text = read(file);
    try {
      return Pem.encode(Pem.certificates(text));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Kind.INVALID, "certificate file " + file + " cannot be used: " + e.getMessage());
    }
  }

  private static String read(Path file) throws IOException {
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException("it is larger than 1 MiB");
      }
      return Files.readString(file);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IOException("cannot read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
