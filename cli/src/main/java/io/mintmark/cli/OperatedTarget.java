package io.mintmark.cli;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.simulators.TlsFace;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Optional;

/** An installation that scenarios are played against, operated through its operator API. */
abstract class OperatedTarget implements Target, OperatedService {

  private TrustDomain trustDomain;

  /** By what its broker shows. */
  @Override
  public synchronized TrustDomain trustDomain() {
    if (trustDomain == null) {
      try {
        trustDomain = trustDomain(TlsFace.of(brokerHost(), brokerPort()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return trustDomain;
  }

  /** @throws IOException if it is no broker of ours */
  static TrustDomain trustDomain(TlsFace broker) throws IOException {
    try {
      return Identity.of(broker.shows().get(0)).trustDomain();
    } catch (IllegalArgumentException e) {
      throw new IOException("its certificate is not one of a Mintmark broker", e);
    }
  }

  @Override
  public Optional<URI> operatorApi() {
    return Optional.of(operator().base());
  }

  @Override
  public Optional<String> operatorToken() {
    return Optional.of(operator().token());
  }

  @Override
  public void revoke(DeviceId device) throws IOException {
    OperatedService.super.revoke(device);
  }

  @Override
  public Credential application(String name, TopicGrants grants) throws IOException {
    return OperatedService.super.application(name, grants);
  }
}
