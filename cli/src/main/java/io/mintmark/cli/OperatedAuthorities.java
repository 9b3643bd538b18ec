package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Pem;
import io.mintmark.simulators.Authorities;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The CAs by way of the operator API; what the feed tells, from whoever can read it. */
final class OperatedAuthorities implements Authorities {

  /** Something the operator API is asked for. */
  @FunctionalInterface
  private interface Request<T> {
    T to(OperatorClient operator) throws CommandFailure;
  }

  /** What a broker can read. */
  @FunctionalInterface
  interface Told {
    List<X509Certificate> roots() throws IOException;
  }

  private final OperatorClient operator;
  private final Told told;

  OperatedAuthorities(OperatorClient operator, Told told) {
    this.operator = operator;
    this.told = told;
  }

  @Override
  public List<Authority> list() throws IOException {
    List<Authority> all = new ArrayList<>();
    for (JsonNode each : ask(OperatorClient::issuers).path("issuers")) {
      all.add(new Authority(
          each.path("id").asText(),
          each.path("role").asText(),
          each.path("state").asText()));
    }
    return all;
  }

  @Override
  public X509Certificate certificate(String id) throws IOException {
    JsonNode issuer = ask(client -> client.issuer(id));
    return Pem.certificates(issuer.path("details").path("pem").asText()).get(0);
  }

  @Override
  public String prepareIssuing() throws IOException {
    return ask(OperatorClient::prepareIssuer).path("id").asText();
  }

  @Override
  public String prepareRoot() throws IOException {
    return ask(client -> client.prepareRoot(false)).path("id").asText();
  }

  @Override
  public void activate(String id) throws IOException {
    ask(client -> client.changeIssuer(id, "activate", Map.of()));
  }

  @Override
  public void retire(String id) throws IOException {
    ask(client -> client.changeIssuer(id, "retire", Map.of()));
  }

  @Override
  public void renewEarly(String issuing, Duration over) throws IOException {
    ask(client -> client.renewEarly("issuers", issuing, over.toSeconds() + "s"));
  }

  @Override
  public List<X509Certificate> told() throws IOException {
    return told.roots();
  }

  private <T> T ask(Request<T> request) throws IOException {
    try {
      return request.to(operator);
    } catch (CommandFailure e) {
      throw e.exitCode() == CommandFailure.FAILED
          ? new Refused(e.getMessage(), e)
          : new IOException(e.getMessage(), e);
    }
  }
}
