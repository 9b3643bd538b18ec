package io.mintmark.identity.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How tests wait, unless they say otherwise: they look at once and often, and give up late, as other
 * work may have the machine meanwhile. JUnit finds it by itself.
 */
public final class Patience implements BeforeAllCallback {

  /** For what has to happen, however busy the machine is. */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  /** For JUnit. */
  public Patience() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(LONGEST);
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
  }
}
