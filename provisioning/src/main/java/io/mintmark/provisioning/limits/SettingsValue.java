package io.mintmark.provisioning.limits;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Rate;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** One figure of the settings: read, held to its range, or else said with its key and its line. */
public final class SettingsValue {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private SettingsValue() {}

  /** A whole number. */
  public static int number(Section section, String key, int or, int least, int most)
      throws YamlException {
    return read(section, key, or, text -> {
      int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
      if (number < least || number > most) {
        throw new IllegalArgumentException("'" + Printable.of(text)
            + "' is out of range: use a whole number from " + least + " to " + most);
      }
      return number;
    });
  }

  /** A duration. */
  public static Duration duration(
      Section section, String key, Duration or, Duration least, Duration most)
      throws YamlException {
    return read(section, key, or, text -> {
      Duration duration = DurationText.parse(text);
      if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
        throw new IllegalArgumentException("'" + text + "' is out of range: use "
            + DurationText.of(least) + " to " + DurationText.of(most));
      }
      return duration;
    });
  }

  static Rate rate(Section section, String key, Rate or) throws YamlException {
    return read(section, key, or, Rate::parse);
  }

  static <T> T of(String key, Scalar value, Function<String, T> reading) throws YamlException {
    try {
      return reading.apply(value.text());
    } catch (IllegalArgumentException e) {
      throw YamlException.at(value.line(), "'" + key + "': " + e.getMessage());
    }
  }

  private static <T> T read(Section section, String key, T or, Function<String, T> reading)
      throws YamlException {
    Optional<Scalar> value = section.scalar(key);
    return value.isEmpty() ? or : of(key, value.get(), reading);
  }
}
