package io.mintmark.simulators;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstRetryLaterException;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.RetryAfter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * Enrols by EST with as little processor time of its own as Java allows, so that a machine that
 * plays thousands of devices measures the service and not itself. Each enrolment is a connection, a
 * full TLS 1.3 handshake with the device's bootstrap certificate, a new P-256 key and a request;
 * the answer is parsed and must be this device's certificate for this key. Thread-safe.
 */
public final class LeanEnrolment {

  /**
   * A key and its certificate.
   *
   * @param keys private and public key. A secret
   * @param certificate the device's, for them
   */
  public record Enrolled(KeyPair keys, X509Certificate certificate) {}

  private static final String FIRST = "simpleenroll";
  private static final String AGAIN = "simplereenroll";
  private static final String RETRY_AFTER = "Retry-After:";

  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int LONGEST_ANSWER = 64 * 1024;

  private final InetSocketAddress address;
  private final String host;
  private final int port;
  private final FleetId fleet;
  private final TrustManager trust;

  /** Enrols with this service for this fleet; trusts the service's roots. */
  public LeanEnrolment(EnrolmentService service, FleetId fleet) {
    URI uri = service.service();
    this.host = uri.getHost();
    this.port = uri.getPort();
    this.address = new InetSocketAddress(host, port);
    this.fleet = fleet;
    this.trust = new RememberingTrust(service.trust());
  }

  /**
   * A new key of the device and a first operational certificate for it.
   *
   * @throws EstRetryLaterException if the service answers 429 or 503 and says when to ask again
   * @throws IOException if it cannot be reached, refuses, or answers something else; the message is
   *     one line that does not name the device
   */
  Enrolled enrol(BootstrapDevice device) throws IOException {
    return enrol(device.id(), device.credential().keyManager());
  }

  /**
   * The same, told apart.
   *
   * @param shown shows the device's bootstrap credential
   * @throws IOException as above
   */
  public Enrolled enrol(DeviceId device, KeyManager shown) throws IOException {
    KeyPair keys = CertificateRequest.newKeyPair();
    return exchange(FIRST, device, keys, CertificateRequest.create(keys, device.value()), shown);
  }

  /**
   * A new key of the device and the certificate after the current one.
   *
   * @param current its names are asked for again, as RFC 7030, section 4.2.2, has it
   * @param shown shows the device's current operational credential
   * @throws IOException as above
   */
  public Enrolled renew(DeviceId device, X509Certificate current, KeyManager shown)
      throws IOException {
    KeyPair keys = CertificateRequest.newKeyPair();
    return exchange(AGAIN, device, keys, CertificateRequest.renew(keys, current), shown);
  }

  private Enrolled exchange(
      String verb, DeviceId device, KeyPair keys, byte[] request, KeyManager shown)
      throws IOException {
    byte[] answer = post(verb, shown, request);
    try {
      X509Certificate leaf = Pem.pkcs7(Base64.getMimeDecoder().decode(answer)).get(0);
      if (Identity.of(leaf) instanceof Identity.Device identity
          && identity.device().equals(device)
          && identity.fleet().equals(fleet)
          && leaf.getPublicKey().equals(keys.getPublic())) {
        return new Enrolled(keys, leaf);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("the answer holds no certificate", e);
    }
    throw new IOException("the answer is not the certificate of the device and its key");
  }

  private byte[] post(String verb, KeyManager shown, byte[] request) throws IOException {
    byte[] body = Base64.getEncoder().encode(request);
    try (Socket tcp = new Socket()) {
      tcp.setTcpNoDelay(true);
      tcp.setSoTimeout(TIMEOUT_MILLIS);
      tcp.connect(address, TIMEOUT_MILLIS);
      try (SSLSocket tls = (SSLSocket) Credential.tlsContext(shown, trust)
          .getSocketFactory()
          .createSocket(tcp, host, port, true)) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3"});
        tls.setSSLParameters(parameters);
        OutputStream out = tls.getOutputStream();
        byte[] start = head(verb, body.length).getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[start.length + body.length];
        System.arraycopy(start, 0, message, 0, start.length);
        System.arraycopy(body, 0, message, start.length, body.length);
        out.write(message);
        return answer(tls.getInputStream());
      }
    }
  }

  private String head(String verb, int length) {
    return "POST /.well-known/est/" + fleet + "/" + verb + " HTTP/1.1\r\n"
        + "Host: " + host + ":" + port + "\r\n"
        + "Content-Type: application/pkcs10\r\n"
        + "Connection: close\r\n"
        + "Content-Length: " + length + "\r\n\r\n";
  }

  /** The body of a 200; the connection ends with the answer. */
  static byte[] answer(InputStream in) throws IOException {
    byte[] all = in.readNBytes(LONGEST_ANSWER);
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/1.1 ")) {
      throw new IOException("the connection ended before an answer");
    }
    String status = text.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
    if (status.equals("429") || status.equals("503")) {
      Optional<Duration> wait = RetryAfter.parse(retryAfter(text.substring(0, end)), Instant.now());
      if (wait.isPresent()) {
        throw new EstRetryLaterException(Integer.parseInt(status), wait.get());
      }
    }
    if (!status.equals("200")) {
      throw new IOException("answered " + status);
    }
    return text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String retryAfter(String head) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, RETRY_AFTER, 0, RETRY_AFTER.length()))
        .map(line -> line.substring(RETRY_AFTER.length()))
        .findFirst()
        .orElse(null);
  }
}
