package io.mintmark.provisioning;

import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.VouchedBundle;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.IssuerViews.IssuerView;
import io.mintmark.provisioning.ca.Chains;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From one CA to the next, by way of what devices hold. */
class CaRolloverTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private X509Certificate oldRoot;
  private String oldIssuing;
  private String oldRootId;

  @BeforeEach
  void start() throws Exception {
    installation = new TestInstallation(folder);
    oldRoot = installation.get().authority().trustAnchors().get(0);
    oldIssuing = installation.get().authority().issuingKeyId();
    oldRootId = installation.get().issuerViews().list().get(0).id();
  }

  @AfterEach
  void stop() {
    installation.close();
  }

  private State state(String id) throws Refusal {
    return installation.get().issuerViews().find(id).state();
  }

  private String prepareIssuing() throws Refusal {
    return installation.get().caPreparer().issuing(OPERATOR);
  }

  private String prepareRoot() throws Refusal {
    return installation.get().caPreparer().root(false, OPERATOR);
  }

  private void activate(String id, boolean force) throws Refusal {
    installation.get().caActivator().activate(id, force, OPERATOR);
  }

  private void retire(String id, boolean force) throws Refusal {
    installation.get().caRetirer().retire(id, force, OPERATOR);
  }

  private boolean report(X509Certificate device, List<X509Certificate> anchors) throws Refusal {
    return installation.get().bundleReports().report(List.of(device), Bundle.fingerprint(anchors));
  }

  private List<X509Certificate> anchors() {
    return installation.get().authority().trustAnchors();
  }

  private X509Certificate issuing() {
    return installation.get().authority().issuing();
  }

  private static boolean isBy(X509Certificate certificate, X509Certificate ca) {
    return certificate.getIssuerX500Principal().equals(ca.getSubjectX500Principal());
  }

  @Test
  void toANewIssuingCaUnderTheSameRoot() throws Exception {
    installation.manifest("d-1");
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate before = installation.enroll("d-1", keys);
    X509Certificate oldIssuer = issuing();
    X509Certificate tls = installation.get().tls().current().certificate();
    String id = prepareIssuing();
    assertThat(isBy(installation.get().tls().current().certificate(), oldIssuer))
        .isTrue();

    // Nobody has reported anything, and nobody needs to: the root stays.
    activate(id, false);

    assertThat(state(id)).isEqualTo(State.ACTIVE);
    assertThat(state(oldIssuing)).isEqualTo(State.RETIRED);
    assertThat(installation.get().tls().current().certificate()).isNotEqualTo(tls);
    // What the one before signed stays good, and is given again to who repeats its request.
    assertThat(installation.enroll("d-1", keys)).isEqualTo(before);
    X509Certificate after = installation.renew(before);
    assertThat(isBy(after, issuing())).isTrue();
    assertThat(installation.renew(after)).isNotNull();
    assertThat(installation.get().authority().caCertificates())
        .containsExactly(oldRoot, oldIssuer, issuing());
    assertThat(installation.audited())
        .contains("issuer.activated " + id, "issuer.retired " + oldIssuing);
    installation.restart();
    assertThat(installation.get().authority().issuingKeyId()).isEqualTo(id);
    assertThat(
            installation.get().earlyRenewals().ofIssuer(oldIssuing, "1h", "o").subject())
        .isEqualTo(oldIssuing);
  }

  @Test
  void toANewRootOnceTheDevicesHoldIt() throws Exception {
    installation.manifest("d-1", "d-2", "d-3");
    X509Certificate first = installation.enroll("d-1");
    X509Certificate second = installation.enroll("d-2");
    String root = prepareRoot();
    List<X509Certificate> both = anchors();

    Refusal refusal = assertRefused(
        Refusal.Kind.CONFLICT,
        "0 of 2 devices hold it, 99% must to activate " + root,
        () -> activate(root, false));
    assertThat(refusal.details()).containsExactly("d-1", "d-2");
    assertThat(report(first, List.of(oldRoot))).isFalse();
    assertThat(report(first, both)).isTrue();
    refusal = assertRefused(Refusal.Kind.CONFLICT, "1 of 2", () -> activate(root, false));
    assertThat(refusal.details()).containsExactly("d-2");
    assertThat(state(root)).isEqualTo(State.PREPARED);
    // In any order.
    assertThat(report(second, List.of(both.get(1), both.get(0)))).isTrue();
    activate(root, false);
    assertThat(state(root)).isEqualTo(State.ACTIVE);
    assertThat(state(oldRootId)).isEqualTo(State.ACTIVE);

    String issuing = prepareIssuing();
    assertThat(installation.get().issuerViews().find(issuing).root()).isEqualTo(root);
    activate(issuing, false);
    X509Certificate renewed = installation.renew(first);
    assertGoodForWhoTrustsOneOf(both, renewed);

    refusal = assertRefused(
        Refusal.Kind.CONFLICT,
        "2 certificates of issuing CA " + oldIssuing + " below it are still good",
        () -> retire(oldRootId, false));
    assertThat(refusal.details())
        .extracting(holder -> holder.substring(holder.lastIndexOf('/') + 1))
        .containsExactly("d-1", "d-2");
    installation.clock.move(Duration.ofDays(3));
    X509Certificate last = installation.renew(installation.renew(renewed));
    installation.clock.move(Duration.ofDays(5));
    assertThat(report(last, both)).isTrue();
    retire(oldRootId, false);
    assertThat(anchors()).containsExactly(both.get(1));
    assertThat(installation.get().feed().after(0).entries())
        .filteredOn(entry -> entry.bundle() != null)
        .singleElement()
        .satisfies(entry -> assertThat(entry.bundle().anchors()).isEqualTo(anchors()));
    assertThat(report(last, both)).isFalse();
    assertThat(installation.get().authority().caCertificates())
        .hasSize(3)
        .startsWith(both.get(1))
        .endsWith(issuing());
    assertFollows(both);
    X509Certificate after = installation.renew(last);
    // Who was away comes back, unless whoever has the old root's key could be the one to lead.
    assertGoodForWhoTrustsOneOf(both, after);
    installation.get().caRetirer().revoke(oldRootId, null, false, OPERATOR);
    assertThat(installation.get().authority().chain(after)).containsExactly(after, issuing());
    assertThat(installation.get().authority().caCertificates())
        .containsExactly(both.get(1), issuing());
    installation.restart();
    assertThat(anchors()).containsExactly(both.get(1));
  }

  /** Who holds the old root alone can take the new one's word from what /cacerts has. */
  private void assertFollows(List<X509Certificate> both) {
    assertThat(VouchedBundle.of(
            installation.get().authority().caCertificates(),
            List.of(oldRoot),
            installation.clock.instant()))
        .containsExactly(both.get(1));
  }

  private void assertGoodForWhoTrustsOneOf(
      List<X509Certificate> anchors, X509Certificate certificate) {
    List<X509Certificate> chain = installation.get().authority().chain(certificate);
    for (X509Certificate anchor : anchors) {
      List<X509Certificate> path = new ArrayList<>(chain);
      if (!anchor.equals(oldRoot)) {
        // As a TLS stack does that finds an anchor's key on the way.
        path.removeIf(c -> c.getPublicKey().equals(anchor.getPublicKey()));
      }
      assertThat(Chains.fault(path, List.of(anchor), installation.clock.instant()))
          .isNull();
    }
  }

  @Test
  void byForceWhateverDevicesHold() throws Exception {
    installation.manifest("d-1");
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate before = installation.enroll("d-1", keys);
    String root = prepareRoot();
    assertRefused(Refusal.Kind.CONFLICT, "--force", () -> activate(root, false));

    activate(root, true);
    String issuing = prepareIssuing();
    assertRefused(Refusal.Kind.CONFLICT, "0 of 1 devices", () -> activate(issuing, false));
    activate(issuing, true);
    assertRefused(Refusal.Kind.CONFLICT, "are still good", () -> retire(oldRootId, false));
    retire(oldRootId, true);
    assertThat(anchors()).doesNotContain(oldRoot);
    // What nobody trusts any more is not given again.
    assertThat(installation.enroll("d-1", keys)).isNotEqualTo(before);
  }

  @Test
  void countsOnlyDevicesThatCanStillConnect() throws Exception {
    installation.manifest("gone", "revoked", "here", "new");
    installation.enroll("gone");
    installation.clock.move(Duration.ofDays(8));
    installation.enroll("revoked");
    installation.get().revoker().revoke(new DeviceId("revoked"), null, OPERATOR);
    X509Certificate here = installation.enroll("here");
    String root = prepareRoot();
    report(here, anchors());

    activate(root, false);
    assertThat(installation.get().issuerViews().find(root).details().reach())
        .isEqualTo("1 of 1 devices hold it");
  }

  @Test
  void hasAShareOfItsOwn() throws Exception {
    installation.stop();
    Files.writeString(folder.resolve("service.yaml"), "ca: {activation-share: 50%}\n");
    installation.start();
    installation.manifest("d-1", "d-2", "d-3");
    X509Certificate first = installation.enroll("d-1");
    installation.enroll("d-2");
    installation.enroll("d-3");
    String root = prepareRoot();
    report(first, anchors());

    assertRefused(
        Refusal.Kind.CONFLICT, "1 of 3 devices hold it, 50% must", () -> activate(root, false));
    installation.get().revoker().revoke(new DeviceId("d-3"), null, OPERATOR);
    activate(root, false);
  }

  @Test
  void goesForwardOnly() throws Exception {
    String id = prepareIssuing();
    assertRefused(
        Refusal.Kind.CONFLICT, "is active: only a prepared", () -> activate(oldIssuing, false));
    assertRefused(Refusal.Kind.CONFLICT, "cannot be retired", () -> retire(oldIssuing, true));
    assertRefused(Refusal.Kind.CONFLICT, "are signed below it", () -> retire(oldRootId, true));
    assertRefused(
        Refusal.Kind.CONFLICT,
        "cannot be revoked: certificates are signed with it; activate another issuing CA first",
        () -> installation.get().caRetirer().revoke(oldIssuing, null, false, OPERATOR));
    retire(id, false);
    assertRefused(Refusal.Kind.CONFLICT, "is retired already", () -> retire(id, false));
    assertRefused(Refusal.Kind.CONFLICT, "only a prepared one", () -> activate(id, true));
    assertRefused(Refusal.Kind.NOT_FOUND, "there is no CA", () -> activate("00", true));
  }

  @Test
  void needsTheKeyOfWhatItHandsOverTo() throws Exception {
    String id = prepareIssuing();
    Files.delete(folder.resolve("ca/issuing-" + id + ".p12"));

    assertRefused(Refusal.Kind.CONFLICT, "bring it back", () -> activate(id, false));
    installation.restart();
    assertRefused(Refusal.Kind.CONFLICT, "bring it back", () -> activate(id, false));
    assertThat(state(id)).isEqualTo(State.PREPARED);
  }

  @Test
  void aRevokedIssuingCaCountsNoMore() throws Exception {
    installation.manifest("d-1");
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate before = installation.enroll("d-1", keys);
    activate(prepareIssuing(), false);
    installation.get().caRetirer().revoke(oldIssuing, null, false, OPERATOR);

    assertRefused(
        Refusal.Kind.FORBIDDEN, "was not issued by a CA trusted", () -> installation.renew(before));
    assertThat(installation.enroll("d-1", keys)).isNotEqualTo(before);
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.REVOKED);
    assertThat(installation.get().feed().after(0).entries())
        .filteredOn(entry -> entry.denial() != null)
        .extracting(entry -> entry.denial().subject())
        .contains(before.getSerialNumber().toString(16));
    assertThat(installation.get().authority().signer(oldIssuing)).isEmpty();
    installation.restart();
    assertThat(installation.get().issuerViews().list())
        .extracting(IssuerView::state)
        .containsExactly(State.ACTIVE, State.REVOKED, State.ACTIVE);
  }

  private X509Certificate broker(String name) throws Refusal {
    SigningRequest request =
        TestInstallation.request(CertificateRequest.newKeyPair().getPublic());
    return installation.get().brokers().certify(name, request, List.of("localhost"), OPERATOR);
  }

  private X509Certificate renewed(X509Certificate broker) throws Refusal {
    return installation
        .get()
        .renewer()
        .renew(
            null,
            List.of(broker),
            TestInstallation.renewal(broker, CertificateRequest.newKeyPair().getPublic()));
  }

  private void revoke(String id, boolean force) throws Refusal {
    installation.get().caRetirer().revoke(id, null, force, OPERATOR);
  }

  @Test
  void shutsOutNoBrokerThatHasNotMoved() throws Exception {
    X509Certificate first = broker("b-1");
    X509Certificate second = broker("b-2");
    activate(prepareIssuing(), false);

    Refusal refusal =
        assertRefused(Refusal.Kind.CONFLICT, "shut out 2 brokers", () -> revoke(oldIssuing, false));
    assertThat(refusal.details()).containsExactly("b-1", "b-2");
    X509Certificate moved = renewed(first);
    refusal = assertRefused(Refusal.Kind.CONFLICT, "2 brokers", () -> revoke(oldIssuing, false));
    assertThat(refusal.details()).as("renewed is not arrived").contains("b-1");
    installation.get().brokers().authenticate(List.of(moved));
    refusal = assertRefused(Refusal.Kind.CONFLICT, "1 brokers", () -> revoke(oldIssuing, false));
    assertThat(refusal.details()).containsExactly("b-2");
    assertThat(state(oldIssuing)).isEqualTo(State.RETIRED);
    assertThat(installation.get().brokers().authenticate(List.of(second)).name())
        .isEqualTo("b-2");

    revoke(oldIssuing, true);

    assertThat(state(oldIssuing)).isEqualTo(State.REVOKED);
    assertRefused(
        Refusal.Kind.FORBIDDEN,
        "was not issued by a CA trusted",
        () -> installation.get().brokers().authenticate(List.of(second)));
    installation.get().brokers().authenticate(List.of(moved));
  }

  @Test
  void shutsOutNoBrokerBelowARoot() throws Exception {
    X509Certificate first = broker("b-1");
    activate(prepareRoot(), true);
    activate(prepareIssuing(), true);

    Refusal refusal =
        assertRefused(Refusal.Kind.CONFLICT, "shut out 1 brokers", () -> revoke(oldRootId, false));
    assertThat(refusal.details()).containsExactly("b-1");
    installation.get().brokers().authenticate(List.of(renewed(first)));
    revoke(oldRootId, false);
    assertThat(state(oldRootId)).isEqualTo(State.REVOKED);
  }

  @Test
  void aReportIsByACertificateThatHasArrived() throws Exception {
    installation.manifest("d-1");
    X509Certificate first = installation.enroll("d-1");
    X509Certificate second = installation.renew(first);
    assertThat(report(first, anchors())).isTrue();
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.ISSUED);

    assertThat(report(second, anchors())).isTrue();

    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.SUPERSEDED);
  }

  @Test
  void takesReportsFromWhoIsKnown() throws Exception {
    installation.manifest("d-1");
    X509Certificate device = installation.enroll("d-1");
    BundleReports reports = installation.get().bundleReports();

    assertRefused(
        Refusal.Kind.INVALID,
        "is no bundle's fingerprint",
        () -> reports.report(List.of(device), "ABC"));
    assertRefused(
        Refusal.Kind.FORBIDDEN,
        "no client certificate",
        () -> reports.report(List.of(), "0".repeat(64)));
    assertThat(reports.report(List.of(device), "0".repeat(64))).isFalse();
    installation.get().revoker().revoke(new DeviceId("d-1"), null, OPERATOR);
    assertRefused(
        Refusal.Kind.FORBIDDEN,
        "is revoked",
        () -> reports.report(List.of(device), "0".repeat(64)));
  }
}
