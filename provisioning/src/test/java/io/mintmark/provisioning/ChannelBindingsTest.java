package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.provisioning.sql.Registry;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelBindingsTest {

  @TempDir
  Path folder;

  /** Else a request in the moment of the change, or after a refresh that failed, would slip by. */
  @Test
  void theRuleHoldsBeforeConnectionsCanTell() throws Exception {
    try (TestInstallation installation = new TestInstallation(folder)) {
      Registry registry = installation.get().registry();
      Fleets fleets = new Fleets(registry);
      ChannelBindings bindings = new ChannelBindings(registry, fleets);
      installation.apply(TestInstallation.yaml(SENSORS, installation.factory)
          + "enrolment: {mode: manifest, channel-binding: required}\n");
      assertThat(bindings.used()).isFalse();
      assertRefused(INVALID, "connect again", () -> bindings.require(SENSORS, null, Map.of()));
    }
  }
}
