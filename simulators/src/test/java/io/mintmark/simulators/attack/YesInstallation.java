package io.mintmark.simulators.attack;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.simulators.Authorities;
import io.mintmark.simulators.BelievesAll;
import io.mintmark.simulators.scenario.Target;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** An installation that says yes to everybody and everything: what every hostile move is to find out. */
final class YesInstallation implements Target, AutoCloseable {

  private static final TrustDomain DOMAIN = new TrustDomain("test.example");

  private final HeldCertificate root =
      HeldCertificate.builder().commonName("test root").authority(1).build();
  private final HeldCertificate issuer = HeldCertificate.builder()
      .commonName("test issuer")
      .authority(0)
      .signedBy(root)
      .build();
  private final YesBroker broker = new YesBroker();
  private final YesPort mqtt;
  private final YesPort webSocket;
  private final YesPort service;
  private final YesPort operators;

  YesInstallation() throws IOException {
    Credential own = HeldCertificate.builder()
        .commonName("server")
        .dns("localhost")
        .ip("127.0.0.1")
        .purposes(KeyPurposeId.id_kp_serverAuth)
        .signedBy(issuer)
        .build()
        .credential();
    SSLContext tls = own.tlsContext(new BelievesAll());
    YesService http = new YesService(
        DOMAIN.toString(), issuer.credential(), List.of(root.certificate(), issuer.certificate()));
    mqtt = new YesPort(tls, broker::serve);
    webSocket = new YesPort(tls, this::upgraded);
    service = new YesPort(tls, http::serve);
    operators = new YesPort(tls, http::serve);
  }

  /** Any path, any frames. */
  private void upgraded(InputStream in, OutputStream out) throws IOException {
    HttpAnswer.head(in);
    out.write(Packet.utf8("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"));
    out.flush();
    InputStream unframed = new InputStream() {
      private final DataInputStream data = new DataInputStream(in);
      private byte[] frame = new byte[0];
      private int at;

      @Override
      public int read() throws IOException {
        while (at == frame.length) {
          data.readUnsignedByte();
          int second = data.readUnsignedByte();
          int length = (second & 0x7f) == 126 ? data.readUnsignedShort() : second & 0x7f;
          byte[] mask = (second & 0x80) != 0 ? data.readNBytes(4) : new byte[4];
          frame = data.readNBytes(length);
          at = 0;
          for (int i = 0; i < frame.length; i++) {
            frame[i] ^= mask[i % 4];
          }
        }
        return frame[at++] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        bytes[from] = (byte) read();
        int more = Math.min(frame.length - at, length - 1);
        System.arraycopy(frame, at, bytes, from + 1, more);
        at += more;
        return 1 + more;
      }
    };
    broker.serve(unframed, new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(0x82);
        if (length < 126) {
          out.write(length);
        } else {
          out.write(126);
          out.write(Packet.two(length));
        }
        out.write(bytes, from, length);
        out.flush();
      }
    });
  }

  @Override
  public String describe() {
    return "one that says yes";
  }

  @Override
  public URI service() {
    return URI.create("https://localhost:" + service.port());
  }

  @Override
  public Optional<URI> operatorApi() {
    return Optional.of(URI.create("https://localhost:" + operators.port()));
  }

  @Override
  public Optional<String> operatorToken() {
    return Optional.of("Some-Token");
  }

  @Override
  public Optional<URI> statusService() {
    return Optional.of(URI.create("http://localhost:" + service.port()));
  }

  @Override
  public Optional<URI> webSocket() {
    return Optional.of(URI.create("wss://localhost:" + webSocket.port() + "/mqtt"));
  }

  @Override
  public String brokerHost() {
    return "localhost";
  }

  @Override
  public int brokerPort() {
    return mqtt.port();
  }

  @Override
  public List<X509Certificate> trust() {
    return List.of(root.certificate());
  }

  @Override
  public TrustDomain trustDomain() {
    return DOMAIN;
  }

  @Override
  public void applyFleet(Path yaml) {}

  @Override
  public void importManifest(FleetId fleet, Path csv) {}

  @Override
  public Credential application(String name, TopicGrants grants) {
    KeyPair keys = CertificateRequest.newKeyPair();
    return HeldCertificate.builder()
        .commonName(name)
        .uri(new Identity.Application(DOMAIN, name).spiffeId())
        .keys(keys)
        .signedBy(issuer)
        .build()
        .credential();
  }

  @Override
  public void revoke(DeviceId device) {}

  @Override
  public Optional<Authorities> authorities() {
    return Optional.empty();
  }

  @Override
  public Optional<Power> servicePower() {
    return Optional.empty();
  }

  @Override
  public Optional<Power> brokerPower() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> cpuTime() {
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    mqtt.close();
    webSocket.close();
    service.close();
    operators.close();
  }
}
