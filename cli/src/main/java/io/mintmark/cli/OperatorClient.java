package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.GrantForm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * The operator API ({@code /api/v1}) as the verbs use it. What it refuses becomes a {@link
 * CommandFailure} with the API's own words. Thread-safe.
 */
final class OperatorClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ISSUERS = "/issuers";
  private static final String RECOVERY = "/recovery";
  private static final String REVOCATIONS = "/revocations";
  private static final int TIMEOUT_MILLIS = 60_000;

  private final URI base;
  private final String token;
  private final SSLContext tls;

  OperatorClient(URI base, String token, List<X509Certificate> trustAnchors) {
    this.base = base;
    this.token = token;
    this.tls = Credential.anonymousTlsContext(trustAnchors);
  }

  /**
   * The token a file holds.
   *
   * @throws CommandFailure if it is something else, which nobody is shown: it may be another secret
   */
  static String token(Path file, String content) throws CommandFailure {
    String token = content.strip();
    if (!token.matches("[!-~]+")) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          file + " holds no operator token, which is one word: use the service's operator.token");
    }
    return token;
  }

  /** Where it is. */
  URI base() {
    return base;
  }

  /** What opens it. A secret. */
  String token() {
    return token;
  }

  /** What the service runs on. */
  JsonNode service() throws CommandFailure {
    return json(exchange("GET", "/service", null, null));
  }

  JsonNode applyFleet(String yaml) throws CommandFailure {
    return json(exchange("PUT", "/fleets", "application/yaml", utf8(yaml)));
  }

  JsonNode fleets() throws CommandFailure {
    return json(exchange("GET", "/fleets", null, null));
  }

  JsonNode fleet(String id) throws CommandFailure {
    return json(exchange("GET", "/fleets/" + segment(id), null, null));
  }

  JsonNode removeFleet(String id, boolean force) throws CommandFailure {
    return json(exchange("DELETE", "/fleets/" + segment(id) + "?force=" + force, null, null));
  }

  JsonNode removeApplication(String name, boolean force) throws CommandFailure {
    return json(
        exchange("DELETE", "/applications/" + segment(name) + "?force=" + force, null, null));
  }

  JsonNode importManifest(String fleet, String csv) throws CommandFailure {
    return json(exchange("POST", "/fleets/" + segment(fleet) + "/manifest", "text/csv", utf8(csv)));
  }

  JsonNode createClaim(String fleet, Map<String, Object> claim) throws CommandFailure {
    return json(
        exchange("POST", "/fleets/" + segment(fleet) + "/claims", "application/json", body(claim)));
  }

  JsonNode claims(String fleet) throws CommandFailure {
    return json(exchange("GET", "/fleets/" + segment(fleet) + "/claims", null, null));
  }

  void revokeClaim(String fleet, long claim) throws CommandFailure {
    exchange("DELETE", "/fleets/" + segment(fleet) + "/claims/" + claim, null, null);
  }

  /** One page of approvals; {@code query} holds the parameters that are set. */
  JsonNode approvals(Map<String, String> query) throws CommandFailure {
    return json(exchange("GET", "/approvals?" + parameters(query), null, null));
  }

  /** {@code verb} is approve or deny. */
  JsonNode decide(long approval, String verb, Map<String, String> body) throws CommandFailure {
    return json(
        exchange("POST", "/approvals/" + approval + "/" + verb, "application/json", body(body)));
  }

  /** One page of devices; {@code query} holds the parameters that are set. */
  JsonNode devices(Map<String, String> query) throws CommandFailure {
    return json(exchange("GET", "/devices?" + parameters(query), null, null));
  }

  private static String parameters(Map<String, String> query) {
    return query.entrySet().stream()
        .map(e -> e.getKey() + "=" + segment(e.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static byte[] body(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  JsonNode device(String id) throws CommandFailure {
    return json(exchange("GET", "/devices/" + segment(id), null, null));
  }

  /** One page of the audit log, of rows after a sequence. */
  JsonNode audit(long after, int limit) throws CommandFailure {
    return json(exchange("GET", "/audit?after=" + after + "&limit=" + limit, null, null));
  }

  /** One page of checkpoints, of rows after a sequence. */
  JsonNode auditCheckpoints(long after, int limit) throws CommandFailure {
    String path = "/audit/checkpoints?after=" + after + "&limit=" + limit;
    return json(exchange("GET", path, null, null));
  }

  /** {@code verb} is revoke, suspend or release; answers with the run that does it. */
  JsonNode changeFleet(String fleet, String verb, Map<String, String> body) throws CommandFailure {
    return json(
        exchange("POST", "/fleets/" + segment(fleet) + "/" + verb, "application/json", body(body)));
  }

  /** The latest certificates; {@code query} holds the parameters that are set. */
  JsonNode certificates(Map<String, String> query) throws CommandFailure {
    return json(exchange("GET", "/certificates?" + parameters(query), null, null));
  }

  JsonNode certificate(String serial) throws CommandFailure {
    return json(exchange("GET", "/certificates/" + segment(serial), null, null));
  }

  JsonNode revokeCertificate(String serial, Map<String, String> body) throws CommandFailure {
    return json(exchange(
        "POST", "/certificates/" + segment(serial) + "/revoke", "application/json", body(body)));
  }

  JsonNode factoryCas() throws CommandFailure {
    return json(exchange("GET", "/factory-cas", null, null));
  }

  /** Answers with the run that does it. */
  JsonNode revokeFactoryCa(String id, Map<String, String> body) throws CommandFailure {
    return json(exchange(
        "POST", "/factory-cas/" + segment(id) + "/revoke", "application/json", body(body)));
  }

  /** Answers with the run that does it. */
  JsonNode revokeIssued(String issuer, Map<String, String> body) throws CommandFailure {
    return json(exchange(
        "POST",
        ISSUERS + "/" + segment(issuer) + "/revoke-issued",
        "application/json",
        body(body)));
  }

  JsonNode revocations() throws CommandFailure {
    return json(exchange("GET", REVOCATIONS, null, null));
  }

  JsonNode revocation(long run) throws CommandFailure {
    return json(exchange("GET", REVOCATIONS + "/" + run, null, null));
  }

  JsonNode resumeRevocation(long run) throws CommandFailure {
    return json(exchange("POST", REVOCATIONS + "/" + run + "/resume", null, null));
  }

  /** {@code verb} is revoke, retire, suspend or release. */
  void change(String device, String verb, Map<String, String> body) throws CommandFailure {
    exchange("POST", "/devices/" + segment(device) + "/" + verb, "application/json", body(body));
  }

  /** {@code kind} is fleets or issuers. */
  JsonNode renewEarly(String kind, String id, String over) throws CommandFailure {
    String path = "/" + kind + "/" + segment(id) + "/renew-early?over=" + segment(over);
    return json(exchange("POST", path, null, null));
  }

  JsonNode issuers() throws CommandFailure {
    return json(exchange("GET", ISSUERS, null, null));
  }

  JsonNode issuer(String id) throws CommandFailure {
    return json(exchange("GET", ISSUERS + "/" + segment(id), null, null));
  }

  /** A PKCS#10 request, PEM. */
  String requestIssuer() throws CommandFailure {
    byte[] answer = exchange("POST", ISSUERS + "/request", null, null);
    return new String(answer, StandardCharsets.UTF_8);
  }

  JsonNode installIssuer(List<X509Certificate> chain) throws CommandFailure {
    return json(
        exchange("POST", ISSUERS + "/install", "application/x-pem-file", utf8(Pem.encode(chain))));
  }

  JsonNode prepareIssuer() throws CommandFailure {
    return json(exchange("POST", ISSUERS + "/prepare-issuing", null, null));
  }

  JsonNode prepareRoot(boolean rootKeyElsewhere) throws CommandFailure {
    String path = ISSUERS + "/prepare-root?root-key-elsewhere=" + rootKeyElsewhere;
    return json(exchange("POST", path, null, null));
  }

  JsonNode crossIssuer(String id, X509Certificate certificate) throws CommandFailure {
    return json(exchange(
        "POST",
        ISSUERS + "/" + segment(id) + "/cross",
        "application/x-pem-file",
        utf8(Pem.encode(List.of(certificate)))));
  }

  /** What a root is to sign as its next CRL. */
  byte[] draftCrl(String id) throws CommandFailure {
    return exchange("POST", ISSUERS + "/" + segment(id) + "/crl/draft", null, null);
  }

  JsonNode publishCrl(String id, byte[] crl) throws CommandFailure {
    return json(
        exchange("POST", ISSUERS + "/" + segment(id) + "/crl", "application/pkix-crl", crl));
  }

  /** {@code verb} is activate, retire or revoke; {@code query} holds the parameters that are set. */
  JsonNode changeIssuer(String id, String verb, Map<String, String> query) throws CommandFailure {
    String path = ISSUERS + "/" + segment(id) + "/" + verb + "?" + parameters(query);
    return json(exchange("POST", path, null, null));
  }

  void defineApplication(String name, TopicGrants grants) throws CommandFailure {
    Map<String, Object> body =
        Map.of("publish", GrantForm.publish(grants), "subscribe", GrantForm.subscribe(grants));
    exchange("PUT", "/applications/" + segment(name), "application/json", body(body));
  }

  /** What brokers say to a PUBLISH or a SUBSCRIBE, and why. */
  JsonNode explain(Map<String, String> query) throws CommandFailure {
    return json(exchange("GET", "/policy/explain?" + parameters(query), null, null));
  }

  JsonNode applications() throws CommandFailure {
    return json(exchange("GET", "/applications", null, null));
  }

  JsonNode brokers() throws CommandFailure {
    return json(exchange("GET", "/brokers", null, null));
  }

  /** A new key and an application's certificate for it. */
  Credential certifyApplication(String name) throws CommandFailure {
    return certify(name, "/applications/" + segment(name) + "/certificate");
  }

  /** The same in place of the one with this serial number. */
  Credential replaceApplicationCertificate(String name, BigInteger serial) throws CommandFailure {
    return certify(
        name, "/applications/" + segment(name) + "/certificate?replaces=" + serial.toString(16));
  }

  private Credential certify(String name, String path) throws CommandFailure {
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] request = CertificateRequest.create(keys, name);
    return new Credential(
        keys.getPrivate(), certificates(exchange("POST", path, "application/pkcs10", request)));
  }

  /** The file a broker is invited with. A secret. */
  String inviteBroker(String name, List<String> hosts, Instant endsAt) throws CommandFailure {
    String path = "/brokers/" + segment(name) + "/invitations";
    byte[] body = body(Map.of("hosts", hosts, "endsAt", endsAt.toString()));
    return new String(exchange("POST", path, "application/json", body), StandardCharsets.UTF_8);
  }

  /** How a recovery stands. */
  JsonNode recovery() throws CommandFailure {
    return json(exchange("GET", RECOVERY, null, null));
  }

  /** Takes in what brokers told; {@code without} are not waited for. */
  JsonNode recover(List<String> without) throws CommandFailure {
    return json(exchange("POST", RECOVERY, "application/json", body(Map.of("without", without))));
  }

  private byte[] exchange(String method, String path, String type, byte[] body)
      throws CommandFailure {
    URI uri = URI.create(base.toString().replaceAll("/+$", "") + "/api/v1" + path);
    try {
      HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
      connection.setSSLSocketFactory(tls.getSocketFactory());
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setRequestMethod(method);
      connection.setRequestProperty("Authorization", "Bearer " + token);
      if (body != null) {
        connection.setRequestProperty("Content-Type", type);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body);
        }
      }
      int status = connection.getResponseCode();
      InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      byte[] answer = in == null ? new byte[0] : in.readAllBytes();
      if (status >= 400) {
        throw new CommandFailure(CommandFailure.FAILED, refusal(status, answer));
      }
      return answer;
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "the operator API at " + base + " does not answer: " + e.getMessage());
    }
  }

  private static String refusal(int status, byte[] answer) {
    try {
      JsonNode body = JSON.readTree(answer);
      StringBuilder text = new StringBuilder(body.required("error").asText());
      for (JsonNode detail : body.path("details")) {
        text.append(System.lineSeparator()).append("  ").append(detail.asText());
      }
      return text.toString();
    } catch (IOException | IllegalArgumentException e) {
      return "the operator API answered " + status;
    }
  }

  private static JsonNode json(byte[] answer) throws CommandFailure {
    try {
      return JSON.readTree(answer);
    } catch (IOException e) {
      throw new CommandFailure(CommandFailure.FAILED, "the operator API's answer is not JSON");
    }
  }

  private static List<X509Certificate> certificates(byte[] answer) throws CommandFailure {
    try {
      return Pem.certificates(new String(answer, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          CommandFailure.FAILED, "the operator API's answer holds no certificate");
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
