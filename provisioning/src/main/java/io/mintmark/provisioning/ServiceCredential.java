package io.mintmark.provisioning;

import io.mintmark.identity.Credential;

/** The service's own TLS key and certificate. Thread-safe. */
public final class ServiceCredential {

  /**
   * The credential to show; a new one when the stored one is past two thirds of its life. Cheap to
   * ask: a server may ask daily and reload when the answer is another object.
   */
  public Credential current() {
    return null;
  }
}
