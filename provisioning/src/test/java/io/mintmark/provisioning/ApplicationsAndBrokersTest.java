package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.CONFLICT;
import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Denial;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.presence.Presence;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationsAndBrokersTest {

  private static final TopicGrants READS =
      new TopicGrants(List.of("app/${app}/#"), List.of("telemetry/#"));

  @TempDir
  Path folder;

  private TestInstallation installation;
  private final SigningRequest request = request(CertificateRequest.newKeyPair().getPublic());

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Applications applications() {
    return installation.get().applications();
  }

  private Brokers brokers() {
    return installation.get().brokers();
  }

  @Test
  void definesAnApplication() throws Exception {
    applications().define("billing", TopicGrants.NONE, OPERATOR);
    applications().define("billing", READS, OPERATOR);
    long head = installation.get().feed().head();
    applications().define("billing", READS, OPERATOR);

    assertThat(applications().list())
        .containsExactly(new Applications.ApplicationView(
            "billing", READS.publish(), READS.subscribe(), Presence.State.NEVER, null, List.of()));
    assertThat(installation.get().feed().head()).isEqualTo(head);
    assertThat(installation.get().feed().after(0).entries())
        .last()
        .satisfies(entry -> assertThat(entry.application())
            .isEqualTo(new ApplicationPolicy("billing", READS, false)));
    assertThat(installation.audited())
        .endsWith("application.created billing", "application.changed billing");
  }

  @Test
  void refusesAnApplicationItCannotUse() {
    assertRefused(
        INVALID,
        "application name 'a/b' is not valid",
        () -> applications().define("a/b", TopicGrants.NONE, OPERATOR));
    assertRefused(
        INVALID,
        "names ${device}",
        () -> applications()
            .define("billing", new TopicGrants(List.of("x/${device}"), List.of()), OPERATOR));
  }

  @Test
  void certifiesAnApplicationOnceForAKey() throws Exception {
    applications().define("billing", READS, OPERATOR);

    X509Certificate certificate = applications().certify("billing", request, OPERATOR);

    assertThat(Identity.of(certificate).spiffeId()).isEqualTo("spiffe://example.org/app/billing");
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(applications().certify("billing", request, OPERATOR)).isEqualTo(certificate);
    assertThat(installation.audited()).endsWith("application.certified billing");
  }

  @Test
  void refusesToCertifyAnUnknownApplicationOrAnotherName() throws Exception {
    assertRefused(
        NOT_FOUND,
        "application 'billing' is not known: define it first",
        () -> applications().certify("billing", request, OPERATOR));
    applications().define("billing", READS, OPERATOR);
    SigningRequest other = new SigningRequest(
        request.publicKey(), new X500Principal("CN=metering").getEncoded(), null);
    assertRefused(
        INVALID,
        "contradicts the identity",
        () -> applications().certify("billing", other, OPERATOR));
  }

  @Test
  void removesAnApplicationWithItsCertificates() throws Exception {
    applications().define("billing", READS, OPERATOR);
    X509Certificate certificate = applications().certify("billing", request, OPERATOR);
    assertRefused(
        CONFLICT,
        "application 'billing' has 1 certificate still good: use --force, which revokes them",
        () -> applications().remove("billing", false, OPERATOR));

    assertThat(applications().remove("billing", true, OPERATOR)).isEqualTo(1);

    assertThat(applications().list()).isEmpty();
    assertThat(installation.get().feed().after(0).entries())
        .anySatisfy(entry -> assertThat(entry.application())
            .isEqualTo(new ApplicationPolicy("billing", TopicGrants.NONE, true)))
        .anySatisfy(entry -> assertThat(entry.denial())
            .isNotNull()
            .extracting(Denial::subject)
            .isEqualTo(certificate.getSerialNumber().toString(16)));
    assertThat(installation.audited()).endsWith("application.removed billing");
    assertRefused(
        NOT_FOUND,
        "application 'billing' is not known",
        () -> applications().remove("billing", true, OPERATOR));
    applications().define("billing", READS, OPERATOR);
    assertThat(applications().remove("billing", false, OPERATOR)).isZero();
  }

  @Test
  void certifiesABroker() throws Exception {
    List<String> hosts = List.of("MQTT.example.org", "192.0.2.1", "::1");
    X509Certificate certificate = brokers().certify("b1", request, hosts, OPERATOR);

    assertThat(Identity.of(certificate).spiffeId()).isEqualTo("spiffe://example.org/broker/b1");
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getSubjectAlternativeNames())
        .extracting(name -> name.get(1).toString())
        .containsExactlyInAnyOrder(
            "spiffe://example.org/broker/b1", "mqtt.example.org", "192.0.2.1", "0:0:0:0:0:0:0:1");
    assertThat(installation.audited()).endsWith("broker.created b1", "broker.certified b1");

    assertThat(brokers().certify("b1", request, hosts, OPERATOR)).isEqualTo(certificate);
    assertThat(brokers().certify("b1", request, List.of("other.example.org"), OPERATOR))
        .isNotEqualTo(certificate);
  }

  @Test
  void acceptsTheHostsInABrokersRequest() throws Exception {
    byte[] names =
        new GeneralNames(new GeneralName(GeneralName.dNSName, "mqtt.example.org")).getEncoded();
    SigningRequest withHost = new SigningRequest(request.publicKey(), request.subject(), names);

    brokers().certify("b1", withHost, List.of("mqtt.example.org"), OPERATOR);
    assertRefused(
        INVALID,
        "contradicts the identity",
        () -> brokers().certify("b1", withHost, List.of("other.example.org"), OPERATOR));
  }

  @Test
  void refusesABrokerItCannotUse() {
    assertRefused(
        INVALID,
        "needs at least one host",
        () -> brokers().certify("b1", request, List.of(), OPERATOR));
    assertRefused(
        INVALID,
        "host 'a b' is not valid",
        () -> brokers().certify("b1", request, List.of("a b"), OPERATOR));
    assertRefused(
        INVALID,
        "host '*.example.org' is not valid",
        () -> brokers().certify("b1", request, List.of("*.example.org"), OPERATOR));
    assertRefused(
        INVALID,
        "host '300.1.1.1' is not valid",
        () -> brokers().certify("b1", request, List.of("300.1.1.1"), OPERATOR));
    assertRefused(
        INVALID,
        "broker name '#' is not valid",
        () -> brokers().certify("#", request, List.of("localhost"), OPERATOR));
  }

  @Test
  void tellsBrokersFromEverybodyElse() throws Exception {
    X509Certificate broker = brokers().certify("b1", request, List.of("localhost"), OPERATOR);
    applications().define("billing", READS, OPERATOR);
    X509Certificate application = applications().certify("billing", request, OPERATOR);

    assertThat(brokers().authenticate(List.of(broker)).name()).isEqualTo("b1");
    assertRefused(FORBIDDEN, "is not a broker", () -> brokers().authenticate(List.of(application)));
    assertRefused(FORBIDDEN, "no client certificate", () -> brokers().authenticate(List.of()));
    assertRefused(
        FORBIDDEN,
        "was not issued by a CA trusted here",
        () -> brokers().authenticate(installation.bootstrap("d-1").chain()));
    // The service's own certificate is of the same CA and no client's.
    assertRefused(
        FORBIDDEN,
        "without clientAuth",
        () -> brokers().authenticate(installation.get().tls().current().chain()));
    installation.clock.move(Duration.ofDays(366));
    assertRefused(FORBIDDEN, "expired at", () -> brokers().authenticate(List.of(broker)));
  }
}
