package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.provisioning.ca.TokenSettings;
import io.mintmark.provisioning.yaml.YamlException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CaYamlTest {

  @Test
  void saysWhereKeysAreAndWhatAChangeOfRootsWaitsFor() throws Exception {
    assertThat(ServiceYaml.read("default-fleet: f\n").ca()).isEqualTo(CaSettings.DEFAULT);
    CaSettings ca = ServiceYaml.read("""
        ca:
          activation-share: 90%
          pkcs11: {library: /usr/lib/softhsm/libsofthsm2.so, slot: 7, pin-file: /etc/pin}
        """).ca();
    assertThat(ca.activationShare()).isEqualTo(90);
    assertThat(ca.token())
        .contains(
            new TokenSettings(Path.of("/usr/lib/softhsm/libsofthsm2.so"), 7, Path.of("/etc/pin")));
  }

  @Test
  void refusesWhatIsNone() {
    assertRefused("ca: {activation-share: 101%}\n", "'101%' is not a share: use 0% to 100%");
    assertRefused("ca: {activation-share: most}\n", "'most' is not a share");
    assertRefused("ca: {activaton-share: 1%}\n", "did you mean 'activation-share'?");
    assertRefused("ca: {pkcs11: {slot: 1}}\n", "'pkcs11' needs 'library'");
    assertRefused("ca: {pkcs11: {library: /l}}\n", "'pkcs11' needs 'slot'");
    assertRefused("ca: {pkcs11: {library: /l, slot: first}}\n", "'first' is not the id of a slot");
  }

  private static void assertRefused(String yaml, String text) {
    assertThatThrownBy(() -> ServiceYaml.read(yaml))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining(text);
  }
}
