package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.ca.StatusAddresses;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceSettingsTest {

  @TempDir
  private Path folder;

  @Test
  void needNotBeThere() throws Exception {
    assertThat(start(null)).isEqualTo(ServiceSettings.DEFAULT);
  }

  @Test
  void areReadFromTheDataFolder() throws Exception {
    Files.writeString(folder.resolve("service.yaml"), "default-fleet: sensors\n");
    assertThat(start(null).defaultFleet()).contains(new FleetId("sensors"));
  }

  @Test
  void areReadFromTheFileTheOperatorNames() throws Exception {
    Path elsewhere = Files.writeString(folder.resolve("mine.yaml"), "default-fleet: meters\n");
    Files.writeString(folder.resolve("service.yaml"), "default-fleet: sensors\n");
    assertThat(start(elsewhere).defaultFleet()).contains(new FleetId("meters"));
  }

  @Test
  void mayBeAFileOfComments() throws Exception {
    Files.writeString(folder.resolve("service.yaml"), "# default-fleet: sensors\n\n");
    assertThat(start(null)).isEqualTo(ServiceSettings.DEFAULT);
  }

  @Test
  void stopAStartWithTheLineThatIsWrong() throws Exception {
    Path file = Files.writeString(folder.resolve("service.yaml"), "default-flet: sensors\n");
    assertThatThrownBy(() -> start(null))
        .isInstanceOf(StartException.class)
        .hasMessage(file
            + ": line 1: unknown key 'default-flet' in the service's settings: did you mean"
            + " 'default-fleet'?");
    Files.writeString(file, "default-fleet: Sensors\n");
    assertThatThrownBy(() -> start(null))
        .hasMessageContaining("line 1: ")
        .hasMessageContaining("'Sensors'");
  }

  @Test
  void sayWhereTheStatusOfCertificatesIsTold() throws Exception {
    Path file = Files.writeString(
        folder.resolve("service.yaml"), "status-url: http://pki.example.org:8480/\n");
    assertThat(start(null).status())
        .contains(new StatusAddresses(URI.create("http://pki.example.org:8480")));
    for (String bad : List.of(
        "https://pki.example.org",
        "pki.example.org:8480",
        "http:///crl",
        "http://me@pki.example.org",
        "http://pki.example.org/?x",
        "http://pki.example.org/#x",
        "http://pki.example.org/ä",
        "'http://pki example'")) {
      Files.writeString(file, "status-url: " + bad + "\n");
      assertThatThrownBy(() -> start(null))
          .as(bad)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("line 1: ")
          .hasMessageContaining("use one such as http://pki.example.org:8480");
    }
  }

  @Test
  void stopAStartWhenTheNamedFileIsNotThere() {
    Path missing = folder.resolve("nowhere.yaml");
    assertThatThrownBy(() -> start(missing))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(missing + " are not there");
  }

  private ServiceSettings start(Path settings) throws StartException {
    ProvisioningConfig config = new ProvisioningConfig(
        folder,
        null,
        null,
        null,
        0,
        0,
        ProvisioningConfig.NO_PORT,
        null,
        settings,
        Clock.systemUTC());
    try (Provisioning provisioning = Provisioning.open(config)) {
      return provisioning.settings();
    }
  }
}
