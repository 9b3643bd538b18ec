package io.mintmark.provisioning;

import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A fleet's YAML file as an operator keeps it: its certificates may stand in files beside it. */
public final class FleetFile {

  private static final long LONGEST = 1 << 20;

  private FleetFile() {}

  /**
   * The YAML with the content of each certificate file and CRL file it names put in, the form
   * {@link FleetApplier} takes.
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
    Path folder = yaml.toAbsolutePath().getParent();
    try {
      Section top = FleetYaml.top(text);
      List<Replacement> replacements = new ArrayList<>();
      for (Scalar entry : FleetYaml.certificateFiles(top)) {
        if (!entry.text().contains("-----BEGIN ")) {
          replacements.add(new Replacement(entry, certificates(folder, entry.text())));
        }
      }
      Scalar crl = top.scalar(FleetYaml.FACTORY_CRL).orElse(null);
      if (crl != null && !crl.text().contains("-----BEGIN ")) {
        replacements.add(new Replacement(crl, crls(folder, crl.text())));
      }
      // From the end, so that the places of the others hold.
      replacements.sort(
          Comparator.comparingInt((Replacement r) -> r.entry().start()).reversed());
      StringBuilder out = new StringBuilder(text);
      for (Replacement replacement : replacements) {
        out.replace(
            text.offsetByCodePoints(0, replacement.entry().start()),
            text.offsetByCodePoints(0, replacement.entry().end()),
            '"' + replacement.pem().replace("\n", "\\n") + '"');
      }
      return out.toString();
    } catch (YamlException e) {
      throw new Refusal(Refusal.Kind.INVALID, yaml + ", " + e.getMessage());
    }
  }

  private record Replacement(Scalar entry, String pem) {}

  /** Factories publish CRLs as DER more often than as PEM (RFC 5280, section 4.2.1.13). */
  private static String crls(Path folder, String path) throws IOException, Refusal {
    Path file = file(folder, path, "factory CRL");
    try {
      StringBuilder pem = new StringBuilder();
      for (X509CRL crl : FactoryCrls.read(readBytes(file))) {
        pem.append(Pem.encode("X509 CRL", FactoryCrls.der(crl)));
      }
      return pem.toString();
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Kind.INVALID, "factory CRL file " + file + " cannot be used: " + e.getMessage());
    }
  }

  private static Path file(Path folder, String path, String what) throws Refusal {
    try {
      return folder.resolve(path);
    } catch (InvalidPathException e) {
      throw new Refusal(
          Refusal.Kind.INVALID, what + " '" + Printable.of(path) + "' is not a file name");
    }
  }

  /** The certificates alone: a key that stands in the same file by mistake stays here. */
  private static String certificates(Path folder, String path) throws IOException, Refusal {
    Path file = file(folder, path, "certificate");
    String text = read(file);
    try {
      return Pem.encode(Pem.certificates(text));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Kind.INVALID, "certificate file " + file + " cannot be used: " + e.getMessage());
    }
  }

  private static String read(Path file) throws IOException {
    byte[] bytes = readBytes(file);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("cannot read " + file + ": it is not UTF-8 text", e);
    }
  }

  private static byte[] readBytes(Path file) throws IOException {
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException("it is larger than 1 MiB");
      }
      return Files.readAllBytes(file);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IOException("cannot read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
