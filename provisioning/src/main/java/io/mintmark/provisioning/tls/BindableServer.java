package io.mintmark.provisioning.tls;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ChannelBinding;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/**
 * The server's decisions in one handshake: TLS 1.2 and 1.3 with forward secrecy and authenticated
 * encryption, no session ever resumed, nothing renegotiated, any client certificate taken. That
 * the client holds the certificate's key has been verified when the handshake is complete; whether
 * the certificate is trusted is for the route to say.
 */
final class BindableServer extends AbstractTlsServer {

  /** What the service's own P-256 key signs with. */
  private static final SignatureAndHashAlgorithm OWN =
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);

  /** What clients may sign with, best first: every key a factory gives its devices. */
  private static final List<SignatureAndHashAlgorithm> CLIENTS = List.of(
      OWN,
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha384, SignatureAlgorithm.ecdsa),
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha512, SignatureAlgorithm.ecdsa),
      SignatureAndHashAlgorithm.ed25519,
      SignatureAndHashAlgorithm.rsa_pss_rsae_sha256,
      SignatureAndHashAlgorithm.rsa_pss_rsae_sha384,
      SignatureAndHashAlgorithm.rsa_pss_rsae_sha512,
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.rsa),
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha384, SignatureAlgorithm.rsa),
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha512, SignatureAlgorithm.rsa));

  private final Credential shown;
  private List<X509Certificate> peer = List.of();
  private Map<String, byte[]> bindings = Map.of();
  private BindableSession session = BindableSession.none();
  private boolean complete;

  BindableServer(JcaTlsCrypto crypto, Credential shown) {
    super(crypto);
    this.shown = shown;
  }

  /** Whether the handshake is over, and what follows known. */
  boolean isComplete() {
    return complete;
  }

  /** What there is to know; nothing before the end of the handshake. */
  BindableSession session() {
    return session;
  }

  /** By their names. */
  Map<String, byte[]> bindings() {
    return bindings;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return TlsUtils.getSupportedCipherSuites(getCrypto(), CipherSuites.codes());
  }

  @Override
  protected boolean preferLocalCipherSuites() {
    return true;
  }

  /** The chain is validated by the route. */
  @Override
  public boolean shouldCheckSigAlgOfPeerCerts() {
    return false;
  }

  /** Clients hang up as they like; HTTP says how long a message is. */
  @Override
  public boolean requiresCloseNotify() {
    return false;
  }

  @Override
  public TlsCredentials getCredentials() throws IOException {
    SecurityParameters parameters = context.getSecurityParametersHandshake();
    Vector<?> accepted = parameters.getClientSigAlgs();
    if (accepted == null || !accepted.contains(OWN)) {
      throw new TlsFatalAlert(AlertDescription.handshake_failure);
    }
    return new JcaDefaultTlsCredentialedSigner(
        new TlsCryptoParameters(context),
        (JcaTlsCrypto) getCrypto(),
        shown.key(),
        chain(TlsUtils.isTLSv13(parameters.getNegotiatedVersion())),
        OWN);
  }

  private Certificate chain(boolean tls13) throws IOException {
    List<X509Certificate> from = shown.chain();
    TlsCertificate[] chain = new TlsCertificate[from.size()];
    CertificateEntry[] entries = new CertificateEntry[from.size()];
    for (int i = 0; i < chain.length; i++) {
      try {
        chain[i] = getCrypto().createCertificate(from.get(i).getEncoded());
      } catch (CertificateEncodingException e) {
        throw new IOException("the service's certificate cannot be encoded", e);
      }
      entries[i] = new CertificateEntry(chain[i], null);
    }
    return tls13 ? new Certificate(TlsUtils.EMPTY_BYTES, entries) : new Certificate(chain);
  }

  /** No issuers are named: the list would tell strangers which factories we know. */
  @Override
  @SuppressWarnings("JdkObsolete") // BouncyCastle takes nothing else.
  public CertificateRequest getCertificateRequest() throws IOException {
    Vector<SignatureAndHashAlgorithm> algorithms = new Vector<>(CLIENTS);
    if (TlsUtils.isTLSv13(context)) {
      return new CertificateRequest(TlsUtils.EMPTY_BYTES, algorithms, null, null);
    }
    short[] types = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};
    return new CertificateRequest(types, algorithms, null);
  }

  @Override
  public void notifyClientCertificate(Certificate certificate) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (TlsCertificate one : certificate.getCertificateList()) {
        chain.add(Pem.certificate(one.getEncoded()));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
    }
    peer = List.copyOf(chain);
  }

  /** Now or never: the secrets that bindings are made from are wiped after this. */
  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    Map<String, byte[]> found = new LinkedHashMap<>();
    SecurityParameters parameters = context.getSecurityParametersConnection();
    boolean tls13 = TlsUtils.isTLSv13(parameters.getNegotiatedVersion());
    if (!tls13) {
      // RFC 5929, section 3. Safe without the extended master secret, too: the triple handshake
      // attack needs a session that is resumed or renegotiated (RFC 7627, section 1).
      found.put("tls-unique", context.exportChannelBinding(ChannelBinding.tls_unique));
    }
    if (parameters.isExtendedMasterSecret()) {
      // RFC 9266, section 4.2; TLS 1.3 always has what is called so in TLS 1.2.
      found.put("tls-exporter", context.exportChannelBinding(ChannelBinding.tls_exporter));
    }
    bindings = Collections.unmodifiableMap(found);
    session = new BindableSession(
        tls13 ? "TLSv1.3" : "TLSv1.2",
        CipherSuites.nameOf(parameters.getCipherSuite()),
        shown.chain(),
        peer);
    complete = true;
  }
}
