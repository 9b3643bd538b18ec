package io.mintmark.provisioning;

import io.mintmark.identity.Printable;
import io.mintmark.provisioning.ca.TokenSettings;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The section {@code ca} of {@code service.yaml}. */
final class CaYaml {

  /** Its key. */
  static final String SECTION = "ca";

  private static final String SHARE = "activation-share";
  private static final String PKCS11 = "pkcs11";
  private static final String LIBRARY = "library";
  private static final String SLOT = "slot";
  private static final String PIN_FILE = "pin-file";
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})%");

  private CaYaml() {}

  /**
   * Reads the section of a whole.
   *
   * @throws YamlException naming the line, the key or value, and the remedy
   */
  static CaSettings read(Section top) throws YamlException {
    Optional<Section> found = top.section(SECTION, List.of(SHARE, PKCS11));
    if (found.isEmpty()) {
      return CaSettings.DEFAULT;
    }
    Optional<Scalar> share = found.get().scalar(SHARE);
    return new CaSettings(
        share.isEmpty()
            ? CaSettings.DEFAULT.activationShare()
            : FleetYaml.valueOf(share.get(), CaYaml::percent),
        token(found.get()));
  }

  private static Optional<TokenSettings> token(Section ca) throws YamlException {
    Optional<Section> found = ca.section(PKCS11, List.of(LIBRARY, SLOT, PIN_FILE));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Section section = found.get();
    Optional<Scalar> pinFile = section.scalar(PIN_FILE);
    return Optional.of(new TokenSettings(
        Path.of(require(section, LIBRARY).text()),
        FleetYaml.valueOf(require(section, SLOT), CaYaml::slot),
        pinFile.isEmpty() ? null : Path.of(pinFile.get().text())));
  }

  private static Scalar require(Section section, String key) throws YamlException {
    return section
        .scalar(key)
        .orElseThrow(
            () -> YamlException.at(section.line(), "'" + PKCS11 + "' needs '" + key + "'"));
  }

  private static long slot(String text) {
    // 18 digits fit a long whatever they are.
    if (text.matches("[0-9]{1,18}")) {
      return Long.parseLong(text);
    }
    throw new IllegalArgumentException(
        "'" + Printable.of(text)
            + "' is not the id of a slot: use a whole number, as 'softhsm2-util --show-slots' shows it");
  }

  private static int percent(String text) {
    Matcher m = PERCENT.matcher(text);
    if (m.matches() && Integer.parseInt(m.group(1)) <= 100) {
      return Integer.parseInt(m.group(1));
    }
    throw new IllegalArgumentException(
        "'" + Printable.of(text) + "' is not a share: use 0% to 100%");
  }
}
