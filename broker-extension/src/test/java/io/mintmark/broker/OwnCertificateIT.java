package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.KeyId;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the broker's own certificate is renewed, over real mutual TLS; what HiveMQ shows is in BundleIT. */
class OwnCertificateIT {

  @TempDir
  Path folder;

  private final SettableClock clock = new SettableClock();
  private final Instant start = clock.instant();
  private final List<Credential> used = new CopyOnWriteArrayList<>();
  private World world;
  private TestPki pki;
  private HeldCertificate first;
  private CredentialStore store;
  private OwnCertificate own;
  private LogLines log;

  @BeforeEach
  void start() throws Exception {
    world = new World(folder);
    pki = world.pki;
    store = new CredentialStore(folder.resolve("credential.pem"));
    // Renewed between 14 and 17 hours from now.
    first = pki.server(TestPki.brokerId("b1"))
        .validity(start.minus(Duration.ofHours(1)), start.plus(Duration.ofHours(24)))
        .extension(
            Extension.authorityKeyIdentifier,
            false,
            new AuthorityKeyIdentifier(new byte[20]).getEncoded())
        .build();
    store.save(first.credential());
    world.feed.issue(key -> pki.renewed("b1", key, pki.issuing), pki.root, pki.issuing);
    log = new LogLines();
  }

  @AfterEach
  void stop() throws Exception {
    own.close();
    log.close();
    world.close();
  }

  private void lookAfter() {
    own = new OwnCertificate(
        store,
        first.credential(),
        Trust.of(pki.roots()),
        new OwnEst(world.feed.uri(), clock),
        new Random(1),
        clock,
        used::add);
    own.start();
  }

  private void awaitLine(String beginning) {
    await().until(() -> log.lines().stream().anyMatch(l -> l.startsWith(beginning)));
  }

  private Credential awaitRenewal() throws IOException {
    await().until(() -> !used.isEmpty());
    assertThat(used).hasSize(1);
    Credential next = used.get(0);
    assertThat(store.load().orElseThrow().certificate()).isEqualTo(next.certificate());
    assertThat(next.certificate().getPublicKey()).isNotEqualTo(first.keys().getPublic());
    return next;
  }

  @Test
  void itIsRenewedAtTwoThirdsOfItsLife() throws Exception {
    lookAfter();
    clock.advance(Duration.ofHours(14));
    await().during(Duration.ofSeconds(1)).until(used::isEmpty);
    clock.advance(Duration.ofHours(3));
    assertThat(awaitRenewal().chain()).hasSize(2).contains(pki.issuing.certificate());
  }

  @Test
  void orWhenTheServiceWishesIt() throws Exception {
    world.feed.wish(start, start.plusSeconds(1));
    lookAfter();
    clock.advance(Duration.ofSeconds(2));
    awaitRenewal();
  }

  @Test
  void itMovesToTheCaThatIssuesNow() throws Exception {
    HeldCertificate cross = HeldCertificate.builder()
        .commonName("next root")
        .keys(pki.nextRoot.keys())
        .authority(1)
        .signedBy(pki.root)
        .build();
    // Asked in the instant before the new CA is at work, the service still answers with the old.
    world.feed.issue(key -> pki.renewed("b1", key, pki.issuing), pki.root, pki.issuing);
    lookAfter();
    own.issuing(KeyId.of(pki.nextIssuing.keys().getPublic()));
    await().until(() -> {
      clock.advance(Duration.ofSeconds(1));
      return !used.isEmpty();
    });
    world.feed.issue(
        key -> pki.renewed("b1", key, pki.nextIssuing),
        pki.root,
        cross,
        pki.nextRoot,
        pki.nextIssuing);
    await().until(() -> {
      clock.advance(Duration.ofSeconds(10));
      return used.stream().anyMatch(c -> c.chain().contains(pki.nextIssuing.certificate()));
    });
    int renewals = used.size();
    Credential moved = used.get(renewals - 1);
    assertThat(moved.chain())
        .as("with the new root by the old, for devices that know only that")
        .containsExactly(moved.certificate(), pki.nextIssuing.certificate(), cross.certificate());
    clock.advance(Duration.ofHours(1));
    await().during(Duration.ofSeconds(1)).until(() -> used.size() == renewals);
  }

  @Test
  void aFailedRenewalLeavesTheOldAndIsTriedAgain() throws Exception {
    world.feed.issue(null);
    lookAfter();
    clock.advance(Duration.ofHours(17));
    awaitLine("ERROR the broker's certificate is good until ");
    assertThat(store.load().orElseThrow().certificate()).isEqualTo(first.certificate());
    clock.advance(Duration.ofMinutes(1));
    world.feed.issue(key -> pki.renewed("b1", key, pki.issuing), pki.root, pki.issuing);
    awaitRenewal();
    assertThat(log.lines()).filteredOn(l -> l.startsWith("ERROR ")).hasSize(1);
  }

  @Test
  void whatIsNotItsCertificateIsNotTaken() throws Exception {
    HeldCertificate stranger =
        HeldCertificate.builder().commonName("stranger").authority(1).build();
    PublicKey other = pki.issuing.keys().getPublic();
    lookAfter();
    world.feed.issue(key -> pki.renewed("b2", key, pki.issuing), pki.root, pki.issuing);
    clock.advance(Duration.ofHours(17));
    awaitLine("ERROR the broker's certificate is good until");
    assertThat(log.lines()).anyMatch(l -> l.endsWith("has other names than the one before"));
    world.feed.issue(key -> pki.renewed("b1", other, pki.issuing), pki.root, pki.issuing);
    clock.advance(Duration.ofMinutes(1));
    await()
        .until(() -> log.lines().stream().anyMatch(l -> l.contains("no certificate for the key")));
    world.feed.issue(key -> pki.renewed("b1", key, stranger), stranger);
    clock.advance(Duration.ofMinutes(1));
    await().until(() -> log.lines().stream().anyMatch(l -> l.contains("came is not trusted")));
    assertThat(used).isEmpty();
    assertThat(store.load().orElseThrow().certificate()).isEqualTo(first.certificate());
  }

  @Test
  void onceExpiredItSaysWhatHelps() throws Exception {
    world.feed.issue(null);
    lookAfter();
    clock.advance(Duration.ofHours(25));
    awaitLine("ERROR THE BROKER'S CERTIFICATE HAS EXPIRED");
  }
}
