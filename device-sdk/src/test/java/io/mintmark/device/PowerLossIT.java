package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.device.FaultyDisk.PowerCut;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device that loses its power before each change of its disk, one after the other, and in the middle of
 * each write, on the way to a certificate from an EST server on real TLS; and one whose disk is full or
 * write-protected.
 */
class PowerLossIT {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();
  private final TestPki.NextRoot next = pki.new NextRoot();
  private final Credential bootstrap = pki.bootstrap("d-1");
  private final Events events = new Events();
  private final Callbacks callbacks = new Callbacks("test", events);
  private FakeEst est;

  @BeforeEach
  void start() throws Exception {
    est = new FakeEst(pki);
  }

  @AfterEach
  void stop() throws InterruptedException {
    callbacks.close(Duration.ofSeconds(1));
    est.close();
  }

  /** The device, switched on over a folder. */
  private IdentityKeeper on(Path path) {
    DeviceFolder memory = new DeviceFolder(path);
    DeviceTrust trust = TestPki.trust(memory, pki.anchors());
    EstSettings settings = new EstSettings(
        est.uri(),
        TestPki.FLEET,
        bootstrap,
        new DeviceId("d-1"),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10));
    Clock clock = Clock.systemUTC();
    return new IdentityKeeper(
        memory.credentials(),
        new Enrolment(
            settings,
            trust,
            new BundleKeeper(trust, settings, clock, callbacks, () -> {})::offered,
            memory.pendingKey(),
            clock),
        trust,
        settings,
        clock,
        callbacks);
  }

  private Set<PublicKey> asked(String operation) {
    return est.requests.stream()
        .filter(request -> request.operation().equals(operation))
        .map(FakeEst.Request::key)
        .collect(Collectors.toSet());
  }

  private static PublicKey key(TlsCredential credential) {
    return credential.credential().certificate().getPublicKey();
  }

  @Test
  void anEnrolmentIsTakenUpAgainWhereverItWasCut() throws Exception {
    boolean cut = true;
    int step = 0;
    for (; cut; step++) {
      est.requests.clear();
      FaultyDisk disk = new FaultyDisk(Files.createDirectory(folder.resolve("e" + step)));
      Path memory = disk.folder().resolve("device");
      IdentityKeeper device = on(memory);
      disk.cutPowerAt(step);
      try {
        assertThat(device.valid()).isNotNull();
      } catch (PowerCut e) {
        // Switched on again below.
      }
      cut = disk.isOff();
      disk.restorePower();

      TlsCredential credential = on(memory).valid();

      // One key was asked for, and so one certificate is all there is.
      assertThat(asked("simpleenroll")).as("cut at " + step).containsExactly(key(credential));
      assertThat(on(memory).valid().credential().certificate())
          .isEqualTo(credential.credential().certificate());
      assertThat(est.requests.size()).as("asked again at most once").isLessThanOrEqualTo(2);
    }
    assertThat(step).as("changes of the disk").isGreaterThan(8);
  }

  @Test
  void aRenewalIsTakenUpAgainWhereverItWasCut() throws Exception {
    Path enrolled = folder.resolve("enrolled");
    X509Certificate before = on(enrolled).valid().credential().certificate();
    boolean cut = true;
    int step = 0;
    int kept = 0;
    for (; cut; step++) {
      est.requests.clear();
      FaultyDisk disk = new FaultyDisk(copy(enrolled, folder.resolve("r" + step)));
      IdentityKeeper device = on(disk.folder());
      device.valid();
      disk.cutPowerAt(step);
      try {
        assertThat(device.renew()).isNotNull();
      } catch (PowerCut e) {
        // Switched on again below.
      }
      cut = disk.isOff();
      disk.restorePower();

      IdentityKeeper again = on(disk.folder());
      TlsCredential credential = again.valid();
      if (credential.credential().certificate().equals(before)) {
        kept++;
        credential = again.renew();
      }

      assertThat(asked("simplereenroll")).as("cut at " + step).containsExactly(key(credential));
      assertThat(asked("simpleenroll")).isEmpty();
      assertThat(on(disk.folder()).valid().credential().certificate())
          .isEqualTo(credential.credential().certificate());
    }
    assertThat(kept).as("came up with the one before").isBetween(4, step - 3);
  }

  @Test
  void rootsAreThoseBeforeOrThoseAfter() throws Exception {
    List<X509Certificate> both = List.of(pki.root.certificate(), next.root.certificate());
    boolean cut = true;
    int replaced = 0;
    for (int step = 0; cut; step++) {
      FaultyDisk disk = new FaultyDisk(Files.createDirectory(folder.resolve("t" + step)));
      DeviceFolder memory = new DeviceFolder(disk.folder());
      DeviceTrust trust = TestPki.trust(memory, pki.anchors());
      disk.cutPowerAt(step);
      try {
        trust.replace(both);
      } catch (PowerCut e) {
        // Switched on again below.
      }
      cut = disk.isOff();
      disk.restorePower();

      List<X509Certificate> held = TestPki.trust(memory, List.of()).anchors();
      assertThat(held).as("cut at " + step).isIn(pki.anchors(), both);
      replaced += held.equals(both) ? 1 : 0;
    }
    assertThat(replaced).isGreaterThan(2);
  }

  /** The last good one stays in use, and the certificate that could not be stored is not lost. */
  @Test
  void aRenewalThatCannotBeStoredIsTakenUpWhenItCan() throws Exception {
    FaultyDisk disk = new FaultyDisk(folder);
    IdentityKeeper device = on(disk.folder());
    TlsCredential before = device.valid();
    for (Runnable fault : List.<Runnable>of(disk::fill, disk::protect)) {
      est.requests.clear();
      // When the request is there its key is stored already.
      est.before = exchange -> {
        fault.run();
        return false;
      };
      assertThatThrownBy(device::renew)
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("cannot store the new credential in")
          .hasMessageFindingMatch("No space left on device|Read-only file system");
      assertThat(device.valid()).isEqualTo(before);
      assertThat(on(disk.folder()).valid().credential().certificate())
          .as("after a restart")
          .isEqualTo(before.credential().certificate());
      assertThatThrownBy(device::renew).isInstanceOf(RetryLaterException.class);
      est.before = FakeEst.NONE;
      disk.mend();

      TlsCredential after = device.renew();

      assertThat(asked("simplereenroll")).containsExactly(key(after));
      assertThat(on(disk.folder()).valid().credential().certificate())
          .isEqualTo(after.credential().certificate());
      before = after;

      fault.run();
      int asked = est.requests.size();
      assertThatThrownBy(device::renew)
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("no certificate was asked for, as its key cannot be stored");
      assertThat(est.requests).hasSize(asked);
      disk.mend();
    }
    DeviceTrust trust = TestPki.trust(new DeviceFolder(disk.folder()), List.of());
    disk.fill();
    assertThatThrownBy(() -> trust.replace(List.of(next.root.certificate())))
        .isInstanceOf(IOException.class);
    assertThat(trust.anchors()).isEqualTo(pki.anchors());
    assertThat(TestPki.trust(new DeviceFolder(disk.folder()), List.of()).anchors())
        .isEqualTo(pki.anchors());
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }
}
