package io.mintmark.provisioning;

import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static io.mintmark.provisioning.TestInstallation.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds when a certificate is asked for by many at once, or the signing breaks. */
class IssuanceTest {

  private static final int THREADS = 16;

  @TempDir
  Path folder;

  private TestInstallation installation;
  private final KeyPair keys = CertificateRequest.newKeyPair();

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  /** Goes on as after a crash between reserving and signing. */
  private void crashWhileSigning() throws Exception {
    installation.close();
    installation.start(signer -> toBeSigned -> {
      throw new GeneralSecurityException("power failure");
    });
    assertThatThrownBy(() -> installation.enroll("d-1", keys))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("power failure");
    assertThat(installation.states("d-1")).containsExactly(CertificateState.RESERVED);
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.PENDING);
    installation.restart();
  }

  @Test
  void takesUpAReservationACrashHasLeft() throws Exception {
    crashWhileSigning();
    String reserved = installation.device("d-1").certificates().get(0).serial();

    X509Certificate certificate = installation.enroll("d-1", keys);

    assertThat(certificate.getSerialNumber().toString(16)).isEqualTo(reserved);
    assertThat(installation.states("d-1")).containsExactly(CertificateState.ISSUED);
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);
  }

  @Test
  void makesANewReservationWhenTheOneOfTheCrashIsOld() throws Exception {
    crashWhileSigning();
    installation.clock.move(Duration.ofMinutes(2));

    installation.enroll("d-1", keys);

    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.RESERVED);
  }

  @Test
  void makesANewReservationWhenTheProfileHasChanged() throws Exception {
    crashWhileSigning();
    installation.apply(TestInstallation.yaml(SENSORS, installation.factory).replace("7d", "1d"));

    X509Certificate certificate = installation.enroll("d-1", keys);

    assertThat(certificate.getNotAfter().toInstant())
        .isEqualTo(installation.clock.instant().plus(Duration.ofDays(1)));
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.RESERVED);
  }

  @Test
  void revokesWhatACrashHasLeft() throws Exception {
    crashWhileSigning();

    installation.get().revoker().revoke(new DeviceId("d-1"), null, OPERATOR);

    assertThat(installation.states("d-1")).containsExactly(CertificateState.REVOKED);
  }

  @Test
  void refusesWhoIsRevokedWhileItsCertificateIsSigned() throws Exception {
    installation.close();
    installation.start(signer -> toBeSigned -> {
      try {
        installation.get().revoker().revoke(new DeviceId("d-1"), null, OPERATOR);
      } catch (Refusal e) {
        throw new GeneralSecurityException(e);
      }
      return signer.sign(toBeSigned);
    });

    assertRefused(
        Refusal.Kind.FORBIDDEN,
        "was revoked while its certificate was made",
        () -> installation.enroll("d-1", keys));
    assertThat(installation.states("d-1")).containsExactly(CertificateState.REVOKED);
  }

  @Test
  void givesAllThatAskAtOnceForOneKeyTheSameCertificate() throws Exception {
    HeldCertificate bootstrap = installation.bootstrap("d-1");

    List<X509Certificate> all = atOnce(
        THREADS,
        i -> () -> installation
            .get()
            .enroller()
            .enroll(SENSORS, bootstrap.chain(), request(keys.getPublic())));

    assertThat(new HashSet<>(all)).hasSize(1);
    assertThat(installation.states("d-1")).containsExactly(CertificateState.ISSUED);
    assertThat(installation.audited())
        .filteredOn(a -> a.startsWith("device.enrolled"))
        .hasSize(1);
  }

  @Test
  void givesManyDevicesAtOnceACertificateEach() throws Exception {
    int devices = 64;
    String[] names = new String[devices];
    for (int i = 0; i < devices; i++) {
      names[i] = "m-" + i;
    }
    installation.manifest(names);

    List<X509Certificate> all = atOnce(devices, i -> () -> installation.enroll(names[i]));

    Set<Object> serials = new HashSet<>();
    all.forEach(c -> serials.add(c.getSerialNumber()));
    assertThat(serials).hasSize(devices);
    assertThat(all)
        .allMatch(c -> c.getSerialNumber().signum() > 0 && c.getSerialNumber().bitLength() <= 127);
  }

  @Test
  void holdsADeviceToTwoCertificatesHoweverManyItAsksForAtOnce() throws Exception {
    atOnce(THREADS, i -> () -> installation.enroll("d-1"));

    assertThat(installation.states("d-1"))
        .hasSize(THREADS)
        .filteredOn(s -> s == CertificateState.ISSUED)
        .hasSize(2);
  }

  private interface Task {
    Callable<X509Certificate> of(int i);
  }

  private static List<X509Certificate> atOnce(int count, Task task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<X509Certificate>> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tasks.add(task.of(i));
      }
      List<X509Certificate> results = new ArrayList<>();
      for (Future<X509Certificate> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
