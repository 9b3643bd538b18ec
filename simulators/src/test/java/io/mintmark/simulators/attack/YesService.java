package io.mintmark.simulators.attack;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * An HTTP server that says yes: 200 to every request on every path, and a certificate for whatever a
 * certification request asks for. Where one request ends and the next begins it takes as it comes.
 *
 * @param domain the trust domain
 * @param issuer signs
 * @param roots what cacerts answers
 */
record YesService(String domain, Credential issuer, List<X509Certificate> roots) {

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+) *$");
  private static final Pattern FLEET =
      Pattern.compile("/\\.?well-known/+est/(?:x/%2e%2e/)?([a-z0-9-]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile("CN=([^,+]+)");

  /** Answers until the client has enough. */
  void serve(InputStream in, OutputStream out) throws IOException {
    while (true) {
      String head = head(in);
      Matcher length = LENGTH.matcher(head);
      byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
      String line = head.lines().findFirst().orElse("");
      byte[] answer = answer(line, body);
      out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/pkcs7-mime\r\nContent-Length: "
              + answer.length + "\r\n\r\n")
          .getBytes(StandardCharsets.ISO_8859_1));
      out.write(answer);
      out.flush();
      // RFC 9112, section 9.3.
      if (!line.endsWith(" HTTP/1.1")
          || head.toLowerCase(Locale.ROOT).contains("connection: close")) {
        return;
      }
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed");
      }
      head.append((char) next);
    }
    return head.toString().replace("\r", "");
  }

  private byte[] answer(String line, byte[] body) {
    try {
      if (line.toLowerCase(Locale.ROOT).contains("cacerts")) {
        return pkcs7(roots);
      }
      if (line.toLowerCase(Locale.ROOT).contains("enroll")) {
        return pkcs7(List.of(issue(line, Base64.getMimeDecoder().decode(body))));
      }
    } catch (Exception e) {
      // Then something else, as long as it is a yes.
    }
    return "{\"id\":1}".getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] pkcs7(List<X509Certificate> certificates) throws Exception {
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addCertificates(new JcaCertStore(new ArrayList<>(certificates)));
    return Base64.getMimeEncoder()
        .encode(generator.generate(new CMSProcessableByteArray(new byte[0])).getEncoded());
  }

  private X509Certificate issue(String line, byte[] der) throws Exception {
    PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
    Matcher fleet = FLEET.matcher(line);
    Matcher name = NAME.matcher(request.getSubject().toString());
    String label = fleet.find() ? fleet.group(1) : "none";
    Instant now = Instant.now();
    X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
        X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded()),
        new BigInteger(120, new SecureRandom()).setBit(119),
        Date.from(now),
        Date.from(now.plus(label.endsWith("-short") ? Duration.ofSeconds(2) : Duration.ofHours(1))),
        request.getSubject(),
        request.getSubjectPublicKeyInfo());
    var asked = request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest);
    boolean named = false;
    if (asked.length > 0) {
      Extensions extensions = Extensions.getInstance(asked[0].getAttrValues().getObjectAt(0));
      for (var id : extensions.getExtensionOIDs()) {
        builder.addExtension(extensions.getExtension(id));
        named |= id.equals(Extension.subjectAlternativeName);
      }
    }
    if (!named && name.find()) {
      GeneralName uri = new GeneralName(
          GeneralName.uniformResourceIdentifier,
          "spiffe://" + domain + "/fleet/" + label + "/device/" + name.group(1));
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(uri));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.key())));
  }
}
