package io.mintmark.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;

/** Durations as {@link DurationOption} reads them, and {@code off} for zero. */
final class DurationOrOff implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    return text.equals("off") ? Duration.ZERO : new DurationOption().convert(text);
  }
}
