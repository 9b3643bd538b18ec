package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.DocumentSection;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/sdk/events-and-exceptions.md} names every event and every exception. */
class EventsPageTest {

  private static final Path PAGE = Path.of("..", "docs", "sdk", "events-and-exceptions.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| \\**`(\\w+)`");

  private static List<String> rows(String section) throws IOException {
    return ROW.matcher(DocumentSection.of(PAGE, section))
        .results()
        .map(row -> row.group(1))
        .toList();
  }

  @Test
  void everyEvent() throws IOException {
    assertThat(rows("Events"))
        .contains(Arrays.stream(DeviceListener.class.getMethods())
            .map(Method::getName)
            .toArray(String[]::new));
  }

  @Test
  void everyException() throws IOException {
    assertThat(rows("Exceptions"))
        .contains(Arrays.stream(DeviceException.class.getPermittedSubclasses())
            .map(Class::getSimpleName)
            .toArray(String[]::new));
  }
}
