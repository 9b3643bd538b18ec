package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;

/** As {@link DurationOption}, or {@code off} for what lasts for ever. */
final class OutageOption implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    return text.equals("off") ? BrokerConfig.FOREVER : new DurationOption().convert(text);
  }
}
