package io.mintmark.provisioning;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a certificate stands. In JSON and in the registry the lower-case word. */
public enum CertificateState {
  /** Its serial and content are stored, its signature is not: being issued, or the issuing broke. */
  RESERVED,
  /** Signed and, until it expires, good. */
  ISSUED,
  /** A later certificate of the same identity took its place. */
  SUPERSEDED,
  /** Revoked with its identity. */
  REVOKED;

  /** The word. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
