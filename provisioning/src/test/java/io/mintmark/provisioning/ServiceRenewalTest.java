package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mintmark.identity.Credential;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ServiceRenewalTest {

  @TempDir
  Path folder;

  private final List<Credential> shown = new ArrayList<>();
  private volatile boolean broken;
  private TestInstallation installation;
  private ServiceRenewal renewal;

  @BeforeEach
  void start() throws Exception {
    installation = new TestInstallation(folder);
    installation.stop();
    installation.start(signer -> tbs -> {
      if (broken) {
        throw new GeneralSecurityException("the token is gone");
      }
      return signer.sign(tbs);
    });
    renewal = new ServiceRenewal(installation.get().tls(), shown::add, installation.clock);
  }

  @AfterEach
  void stop() throws Exception {
    installation.close();
  }

  @Test
  void aNewOneIsShownOnce() {
    renewal.look();
    installation.clock.move(Duration.ofDays(59));
    renewal.look();
    assertThat(shown).isEmpty();
    installation.clock.move(Duration.ofDays(2));
    renewal.look();
    renewal.look();
    assertThat(shown).containsExactly(installation.get().tls().current());
  }

  @Test
  void aFailureLeavesTheOldAndIsTriedAgainLater() {
    installation.clock.move(Duration.ofDays(61));
    broken = true;
    renewal.look();
    broken = false;
    renewal.look();
    assertThat(shown).as("not in a loop").isEmpty();
    installation.clock.move(Duration.ofSeconds(3));
    renewal.look();
    assertThat(shown).hasSize(1);
  }

  @Test
  void aKeyThatIsGoneIsOneLineInTheLog() {
    Logger logger = (Logger) LoggerFactory.getLogger(ServiceRenewal.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      installation.clock.move(Duration.ofDays(61));
      broken = true;
      renewal.look();
      installation.clock.move(Duration.ofDays(1));
      renewal.look();
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list).singleElement().satisfies(event -> {
      assertThat(event.getFormattedMessage())
          .contains("could not be renewed; trying on", "cannot be used: the token is gone");
      assertThat(event.getThrowableProxy()).isNull();
    });
  }
}
