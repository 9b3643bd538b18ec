package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Rate;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionSettingsTest {

  @TempDir
  Path home;

  private ExtensionSettings read(String properties) throws Exception {
    Files.writeString(home.resolve(ExtensionSettings.FILE), properties);
    return ExtensionSettings.read(home);
  }

  private void refuses(String properties, String message) {
    assertThatThrownBy(() -> read(properties))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining(ExtensionSettings.FILE)
        .hasMessageContaining(message);
  }

  @Test
  void theServiceIsEnough() throws Exception {
    ExtensionSettings settings = read("service=https://pki.example.org:8443\n");
    assertThat(settings.service()).isEqualTo(URI.create("https://pki.example.org:8443"));
    assertThat(settings.credential()).isEqualTo(home.resolve("credential.pem"));
    assertThat(settings.maxStaleness()).isEqualTo(Duration.ofHours(24));
    assertThat(settings.maxSessionStaleness()).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void everythingCanBeSet() throws Exception {
    ExtensionSettings settings =
        read("service = https://s\nfolder = /etc/mintmark\nmax-staleness = 90m\n");
    assertThat(settings.trust()).isEqualTo(Path.of("/etc/mintmark/trust.pem"));
    assertThat(settings.snapshot()).isEqualTo(Path.of("/etc/mintmark/feed.json"));
    assertThat(settings.maxStaleness()).isEqualTo(Duration.ofMinutes(90));
    assertThat(read("service=https://s\nmax-session-staleness = 36h").maxSessionStaleness())
        .isEqualTo(Duration.ofHours(36));
    assertThat(read("service=https://s\nmax-session-staleness=off").maxSessionStaleness())
        .isEqualTo(BrokerConfig.FOREVER);
    assertThat(read("service=https://s\nmax-staleness=30d").maxSessionStaleness())
        .as("by default at least as long")
        .isEqualTo(Duration.ofDays(30));
    assertThat(settings.rates()).isEqualTo(ConnectRates.DEFAULT);
    assertThat(settings.bootstrap()).isNull();
    assertThat(read("service=https://s\nbootstrap=b1.pem").bootstrap())
        .isEqualTo(home.resolve("b1.pem"));
    assertThat(read("service=https://s\nconnect-rate=unlimited\ndevice-connect-rate = 9/m burst 10")
            .rates())
        .isEqualTo(new ConnectRates(Rate.UNLIMITED, Rate.parse("9/m burst 10")));
    assertThat(read("service=https://s\nfolder=sub").folder()).isEqualTo(home.resolve("sub"));
  }

  @Test
  void theListenersPassphraseIsTheFirstLineOfAFile() throws Exception {
    ExtensionSettings settings = read("service=https://s\nlistener-passphrase-file=secret");
    assertThatThrownBy(settings::listenerPassphrase)
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("cannot be read");
    Files.writeString(home.resolve("secret"), "short\nbut the second line is long\n");
    assertThatThrownBy(settings::listenerPassphrase)
        .hasMessageContaining("is shorter than 6 characters")
        .message()
        .doesNotContain("short\n");
    Files.writeString(home.resolve("secret"), "long enough\nand more\n");
    assertThat(settings.listenerPassphrase()).isEqualTo("long enough");
    assertThat(settings.toString()).doesNotContain("long enough");
    assertThat(read("service=https://s").listenerPassphraseFile()).isNull();
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(() -> ExtensionSettings.read(home)).hasMessageContaining("is missing");
    refuses("folder=x", "'service' is missing");
    refuses("service=http://s", "service 'http://s' is not an https URI");
    refuses("service=https:/s", "is not an https URI with a host");
    refuses("service=https://a b", "is not a URI");
    refuses(
        "service=https://s\nmax-stalness=1h",
        "unknown key 'max-stalness'; known are bootstrap, connect-rate");
    refuses("service=https://s\nmax-staleness=soon", "'soon' is not a duration");
    refuses("service=https://s\nconnect-rate=many", "connect-rate 'many' is not a rate");
    refuses("service=https://s\nmax-staleness=59s", "59s is too short");
    refuses("service=https://s\nmax-session-staleness=of", "max-session-staleness 'of' is not a");
    refuses(
        "service=https://s\nmax-session-staleness=23h",
        "max-session-staleness 23h is shorter than max-staleness 1d");
  }
}
