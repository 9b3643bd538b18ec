package io.mintmark.cli;

import io.mintmark.identity.Rate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Rates as the service's settings write them: {@code 10/s}, {@code 30/m burst 60}. */
final class RateOption implements ITypeConverter<Rate> {

  @Override
  public Rate convert(String text) {
    try {
      return Rate.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
