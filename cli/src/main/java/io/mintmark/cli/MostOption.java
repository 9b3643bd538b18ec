package io.mintmark.cli;

import io.mintmark.broker.BrokerLimits;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number, or {@code unlimited}. */
final class MostOption implements ITypeConverter<Long> {

  @Override
  public Long convert(String text) {
    if (text.equals("unlimited")) {
      return BrokerLimits.UNLIMITED;
    }
    try {
      long number = Long.parseLong(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new TypeConversionException(
        "'" + text + "' is not a number above 0; for none write unlimited");
  }
}
