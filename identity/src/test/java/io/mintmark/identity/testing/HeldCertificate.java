package io.mintmark.identity.testing;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate and its private key, for tests that need a PKI in two lines:
 *
 * <pre>{@code
 * HeldCertificate root = HeldCertificate.builder().commonName("factory").authority(1).build();
 * HeldCertificate device = HeldCertificate.builder().commonName("d-1").signedBy(root).build();
 * }</pre>
 *
 * <p>An authority may sign others; a path length of 1 lets it sign one level of authorities below.
 * Nothing here is checked, so that tests can also make what no real CA should.
 */
public final class HeldCertificate {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair keys;
  private final X509Certificate certificate;
  private final HeldCertificate issuer;

  private HeldCertificate(KeyPair keys, X509Certificate certificate, HeldCertificate issuer) {
    this.keys = keys;
    this.certificate = certificate;
    this.issuer = issuer;
  }

  public static Builder builder() {
    return new Builder();
  }

  public KeyPair keys() {
    return keys;
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** Leaf first, up to but without the self-signed root; a self-signed leaf alone is kept. */
  public List<X509Certificate> chain() {
    List<X509Certificate> chain = new ArrayList<>();
    for (HeldCertificate c = this; c != null; c = c.issuer) {
      if (c.issuer != null || chain.isEmpty()) {
        chain.add(c.certificate);
      }
    }
    return chain;
  }

  public Credential credential() {
    return new Credential(keys.getPrivate(), chain());
  }

  public String certificatePem() {
    return Pem.encode(List.of(certificate));
  }

  /** A CRL of this authority that lists these serial numbers. */
  public X509CRL crl(Instant thisUpdate, Instant nextUpdate, BigInteger... revoked) {
    try {
      X509v2CRLBuilder builder =
          new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(thisUpdate));
      builder.setNextUpdate(Date.from(nextUpdate));
      for (BigInteger number : revoked) {
        builder.addCRLEntry(number, Date.from(thisUpdate), CRLReason.keyCompromise);
      }
      byte[] der = builder
          .build(new JcaContentSignerBuilder(Builder.signature(keys)).build(keys.getPrivate()))
          .getEncoded();
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (Exception e) {
      throw new IllegalStateException("cannot build the test CRL", e);
    }
  }

  /** Builds one certificate; every value has a default. */
  public static final class Builder {
    private X500Name subject;
    private final X500NameBuilder subjectParts = new X500NameBuilder(BCStyle.INSTANCE);
    private boolean anySubject;
    private final List<GeneralName> names = new ArrayList<>();
    private final List<KeyPurposeId> purposes = new ArrayList<>();
    private final List<Extension> extensions = new ArrayList<>();
    private Instant notBefore = Instant.now().minus(Duration.ofMinutes(5));
    private Instant notAfter = Instant.now().plus(Duration.ofDays(1));
    private KeyPair keys;
    private HeldCertificate issuer;
    private int pathLength = -1;
    private boolean authority;
    private int authorityUsage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
    private BigInteger serial = new BigInteger(120, RANDOM).setBit(119);

    public Builder commonName(String name) {
      anySubject = true;
      subjectParts.addRDN(BCStyle.CN, name);
      return this;
    }

    public Builder serialNumberAttribute(String value) {
      anySubject = true;
      subjectParts.addRDN(BCStyle.SERIALNUMBER, value);
      return this;
    }

    public Builder subject(X500Name name) {
      subject = name;
      return this;
    }

    public Builder uri(String uri) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
      return this;
    }

    public Builder dns(String name) {
      names.add(new GeneralName(GeneralName.dNSName, name));
      return this;
    }

    public Builder ip(String address) {
      names.add(new GeneralName(GeneralName.iPAddress, address));
      return this;
    }

    public Builder validity(Instant from, Instant to) {
      notBefore = from;
      notAfter = to;
      return this;
    }

    public Builder serial(BigInteger number) {
      serial = number;
      return this;
    }

    public Builder keys(KeyPair pair) {
      keys = pair;
      return this;
    }

    public Builder authority(int maxIntermediates) {
      authority = true;
      pathLength = maxIntermediates;
      return this;
    }

    /** What an authority's key may do, in the bits of {@link KeyUsage}. */
    public Builder keyUsage(int bits) {
      authorityUsage = bits;
      return this;
    }

    public Builder purposes(KeyPurposeId... ids) {
      purposes.addAll(List.of(ids));
      return this;
    }

    /** Whatever the bytes; in place of the keyUsage there would be if it is one. */
    public Builder extension(ASN1ObjectIdentifier id, boolean critical, byte... value) {
      extensions.add(new Extension(id, critical, value));
      return this;
    }

    public Builder signedBy(HeldCertificate held) {
      issuer = held;
      return this;
    }

    public HeldCertificate build() {
      try {
        KeyPair own = keys == null ? CertificateRequest.newKeyPair() : keys;
        if (subject == null) {
          if (!anySubject) {
            subjectParts.addRDN(BCStyle.CN, "held-" + serial.toString(36));
          }
          subject = subjectParts.build();
        }
        X500Name issuerName = issuer == null
            ? subject
            : X500Name.getInstance(issuer.certificate.getSubjectX500Principal().getEncoded());
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
            issuerName,
            serial,
            Date.from(notBefore),
            Date.from(notAfter),
            subject,
            own.getPublic());
        if (authority) {
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(authorityUsage));
        } else if (extensions.stream().noneMatch(e -> e.getExtnId().equals(Extension.keyUsage))) {
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        }
        for (Extension extension : extensions) {
          builder.addExtension(extension);
        }
        if (!purposes.isEmpty()) {
          builder.addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(purposes.toArray(new KeyPurposeId[0])));
        }
        if (!names.isEmpty()) {
          builder.addExtension(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(names.toArray(new GeneralName[0])));
        }
        KeyPair signer = issuer == null ? own : issuer.keys;
        byte[] der = builder
            .build(new JcaContentSignerBuilder(signature(signer)).build(signer.getPrivate()))
            .getEncoded();
        return new HeldCertificate(own, Pem.certificate(der), issuer);
      } catch (Exception e) {
        throw new IllegalStateException("cannot build the test certificate", e);
      }
    }

    private static String signature(KeyPair signer) {
      return switch (signer.getPublic().getAlgorithm()) {
        case "EC" -> "SHA256withECDSA";
        case "RSA" -> "SHA256withRSA";
        default -> "Ed25519";
      };
    }
  }
}
