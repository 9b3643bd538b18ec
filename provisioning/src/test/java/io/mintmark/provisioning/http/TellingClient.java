package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.mintmark.identity.Credential;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ChannelBinding;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/**
 * One TLS connection of a client with a P-256 key that can tell the connection's channel bindings.
 * Takes any server for the right one.
 */
final class TellingClient implements AutoCloseable {

  private final Socket socket;
  private final TlsClientProtocol tls;
  private final Map<String, byte[]> bindings = new HashMap<>();

  TellingClient(int port, Credential shown, String protocol) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    tls = new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
    tls.connect(new Client(
        shown, protocol.equals("TLSv1.3") ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12));
  }

  /** By the name of its kind. */
  byte[] binding(String kind) {
    return bindings.get(kind).clone();
  }

  /** The one request of this connection. */
  RawHttps.Answer post(String target, byte[] body) throws IOException {
    String head = "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + "Content-Type: application/pkcs10\r\nContent-Length: " + body.length + "\r\n\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(ISO_8859_1));
    request.writeBytes(body);
    request.writeTo(tls.getOutputStream());
    return RawHttps.parse(RawHttps.readAll(tls.getInputStream()));
  }

  @Override
  public void close() throws IOException {
    tls.close();
    socket.close();
  }

  private final class Client extends DefaultTlsClient {

    private final Credential shown;
    private final ProtocolVersion version;

    Client(Credential shown, ProtocolVersion version) {
      super(new JcaTlsCryptoProvider().create(new SecureRandom()));
      this.shown = shown;
      this.version = version;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return new ProtocolVersion[] {version};
    }

    @Override
    public TlsAuthentication getAuthentication() {
      return new TlsAuthentication() {
        @Override
        public void notifyServerCertificate(TlsServerCertificate certificate) {
          // Any.
        }

        @Override
        public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
          return new JcaDefaultTlsCredentialedSigner(
              new TlsCryptoParameters(context),
              (JcaTlsCrypto) getCrypto(),
              shown.key(),
              chain(),
              SignatureAndHashAlgorithm.getInstance(
                  HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
        }
      };
    }

    private Certificate chain() throws IOException {
      List<X509Certificate> from = shown.chain();
      CertificateEntry[] chain = new CertificateEntry[from.size()];
      for (int i = 0; i < chain.length; i++) {
        try {
          chain[i] =
              new CertificateEntry(getCrypto().createCertificate(from.get(i).getEncoded()), null);
        } catch (CertificateEncodingException e) {
          throw new IOException(e);
        }
      }
      byte[] context = version.equals(ProtocolVersion.TLSv13) ? TlsUtils.EMPTY_BYTES : null;
      return new Certificate(context, chain);
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
      super.notifyHandshakeComplete();
      bindings.put("tls-exporter", context.exportChannelBinding(ChannelBinding.tls_exporter));
      if (version.equals(ProtocolVersion.TLSv12)) {
        bindings.put("tls-unique", context.exportChannelBinding(ChannelBinding.tls_unique));
      }
    }
  }
}
