package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.MintmarkBroker;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.EstRetryLaterException;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.ca.KeyIds;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service is lost and comes back from a backup that is older than what its broker knows: the
 * story of docs/trust.md.
 */
@Timeout(300)
class RestoreIT {

  private static final FleetId FLEET = new FleetId("sensors");

  @TempDir
  Path folder;

  private Path data;
  private Path file;
  private Running service;
  private Factory factory;
  private List<DeviceId> devices;
  private List<X509Certificate> trust;

  @BeforeEach
  void start() throws Exception {
    data = folder.resolve("data");
    file = folder.resolve("backup.zip");
    service = start("0", "0", "0");
    trust = Pem.certificates(Files.readString(data.resolve("trust.pem")));
    factory = Factory.open(folder.resolve("factory"), FactoryOptions.of(FLEET));
    devices = factory.make("device", 40);
    verb("fleet", "apply", "-f", factory.fleetFile().toString());
    verb("manifest", "import", "--fleet", "sensors", factory.manifest().toString());
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
  }

  private Running start(String devicePort, String operatorPort, String statusPort)
      throws IOException {
    return Running.verb(
        data,
        "provisioning",
        "--data",
        data.toString(),
        "--device-port",
        devicePort,
        "--operator-port",
        operatorPort,
        "--status-port",
        statusPort);
  }

  private URI endpoint(String name) throws IOException {
    JsonNode endpoints =
        new ObjectMapper().readTree(Files.readString(data.resolve("endpoints.json")));
    return URI.create(endpoints.required(name).asText());
  }

  private String port(String name) throws IOException {
    return Integer.toString(endpoint(name).getPort());
  }

  private Launcher.Result verb(String... arguments) {
    return expect(service.mintmark(arguments), 0);
  }

  private static Launcher.Result expect(Launcher.Result result, int exitCode, String... words) {
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    for (String word : words) {
      assertThat(result.all()).contains(word);
    }
    return result;
  }

  private Credential enroll(int device) throws Exception {
    DeviceId id = devices.get(device);
    KeyPair keys = CertificateRequest.newKeyPair();
    EstClient est = est(factory.credential(id));
    return new Credential(
        keys.getPrivate(),
        est.chain(keys.getPublic(), est.simpleEnroll(CertificateRequest.create(keys, id.value()))));
  }

  private Credential renew(Credential current) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    EstClient est = est(current);
    return new Credential(
        keys.getPrivate(),
        est.chain(
            keys.getPublic(),
            est.simpleReenroll(CertificateRequest.renew(keys, current.certificate()))));
  }

  private EstClient est(Credential shown) throws IOException {
    return new EstClient(EstClient.label(endpoint("service"), FLEET), shown.tlsContext(trust));
  }

  private static BigInteger serial(Credential credential) {
    return credential.certificate().getSerialNumber();
  }

  private HttpURLConnection crl(Credential ofAny) throws Exception {
    String issuer = KeyIds.hex(ofAny.chain().get(1).getPublicKey());
    return (HttpURLConnection)
        endpoint("status").resolve("/crl/" + issuer + ".crl").toURL().openConnection();
  }

  private X509CRL readCrl(Credential ofAny) throws Exception {
    return (X509CRL) CertificateFactory.getInstance("X.509")
        .generateCRL(new ByteArrayInputStream(crl(ofAny).getInputStream().readAllBytes()));
  }

  private static BigInteger number(X509CRL crl) {
    return ASN1Integer.getInstance(
            ASN1OctetString.getInstance(crl.getExtensionValue("2.5.29.20")).getOctets())
        .getValue();
  }

  /** Enrols one device after the other until it is told to stop. */
  private CompletableFuture<Map<Integer, Credential>> traffic(int from, AtomicBoolean stop) {
    return CompletableFuture.supplyAsync(() -> {
      Map<Integer, Credential> enrolled = new LinkedHashMap<>();
      try {
        for (int i = from; i < devices.size() && !stop.get(); i++) {
          enrolled.put(i, enroll(i));
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return enrolled;
    });
  }

  /** A new issuing CA takes over; answers with the one before. */
  private String handOver() {
    String before = id(verb("ca", "list").out(), " +issuing +active");
    verb("ca", "activate", id(verb("ca", "prepare", "issuing").out(), " is prepared"));
    return before;
  }

  private static String id(String out, String rest) {
    Matcher found = Pattern.compile("(\\p{XDigit}{40})" + rest).matcher(out);
    assertThat(found.find()).as(out).isTrue();
    return found.group(1);
  }

  @Test
  void comesBackFromAnOlderBackupAndLearnsFromItsBroker() throws Exception {
    Path home = folder.resolve("b1");
    String oldCa = handOver();
    Path invitation = folder.resolve("b1.pem");
    verb("broker", "invite", "b1", "--host", "localhost", "--out", invitation.toString());
    List<Credential> early = new ArrayList<>(List.of(enroll(0), enroll(1)));
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Map<Integer, Credential>> traffic = traffic(4, stop);
    try (MintmarkBroker broker = MintmarkBroker.start(
        BrokerConfig.of(home, endpoint("service")).bootstrap(invitation).build())) {
      assertThat(broker.port()).isPositive();
      expect(
          verb("backup", file.toString()),
          0,
          "backup of mintmark.local: " + file,
          "ca/issuing.p12, ca/root.p12",
          "passphrase  not in it");
      stop.set(true);
      Map<Integer, Credential> during = traffic.get();

      // What the backup does not know, but the broker does.
      Credential late = enroll(2);
      Credential lateAndRevoked = enroll(3);
      verb("device", "revoke", devices.get(0).value(), devices.get(3).value());
      verb("ca", "revoke", oldCa);
      await().until(() -> {
        String known = Files.readString(home.resolve("feed.json"));
        return known.contains(oldCa)
            && known.contains(serial(early.get(0)).toString(16))
            && known.contains(serial(lateAndRevoked).toString(16));
      });
      await()
          .ignoreExceptions()
          .until(() -> readCrl(late).getRevokedCertificate(serial(lateAndRevoked)) != null);
      BigInteger lastNumber = number(readCrl(late));

      String[] ports = {port("service"), port("operator"), port("status")};
      service.kill();
      Files.move(data, folder.resolve("lost"));
      expect(
          Verbs.mintmark("restore", file.toString(), "--data", data.toString()),
          0,
          "mintmark.local as it was at",
          "mintmark recover");
      Files.copy(folder.resolve("lost/passphrase"), data.resolve("passphrase"));
      service = start(ports[0], ports[1], ports[2]);
      assertThat(service.log())
          .contains("NO CERTIFICATE IS ISSUED: this service was restored from");

      assertThatThrownBy(() -> enroll(2)).isInstanceOf(EstRetryLaterException.class);
      assertThatThrownBy(() -> renew(late)).isInstanceOf(EstRetryLaterException.class);
      HttpURLConnection refused = crl(late);
      assertThat(refused.getResponseCode()).isEqualTo(503);
      assertThat(refused.getHeaderField("Retry-After")).isNotNull();

      expect(
          service.mintmark("recover"),
          0,
          "restored from a backup of",
          "broker b1 remembered the feed to",
          "2 devices revoked, 0 suspended",
          "taken in: issuing CA " + oldCa + " revoked, with all it signed",
          "certificates are issued again");
      expect(service.mintmark("recover"), 0, "there is nothing to recover");

      expect(verb("ca", "show", oldCa), 0, "state: revoked");
      for (int revoked : new int[] {0, 3}) {
        assertThatThrownBy(() -> enroll(revoked))
            .isInstanceOf(EstRefusedException.class)
            .hasMessageContaining("is revoked");
      }
      assertThatThrownBy(() -> renew(lateAndRevoked)).isInstanceOf(EstRefusedException.class);
      await().ignoreExceptions().untilAsserted(() -> {
        X509CRL crl = readCrl(late);
        assertThat(number(crl)).isGreaterThan(lastNumber);
        assertThat(crl.getRevokedCertificate(serial(early.get(0)))).isNotNull();
        assertThat(crl.getRevokedCertificate(serial(lateAndRevoked))).isNotNull();
      });
      renew(early.get(1));
      renew(late);
      for (Credential each : during.values()) {
        renew(each);
      }
      // It follows the feed again, from its start, and goes on refusing them.
      verb("device", "suspend", devices.get(1).value());
      await().until(() -> {
        String known = Files.readString(home.resolve("feed.json"));
        return known.contains("suspended")
            && known.contains(serial(early.get(0)).toString(16))
            && known.contains(serial(lateAndRevoked).toString(16));
      });
    }
  }
}
