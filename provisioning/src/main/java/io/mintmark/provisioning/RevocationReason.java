package io.mintmark.provisioning;

import java.util.Arrays;
import java.util.Optional;

/** Why a certificate is not good any more: a CRLReason (RFC 5280, section 5.3.1). */
public enum RevocationReason {
  /** Nobody said why. */
  UNSPECIFIED("unspecified", 0),
  /** Somebody else has the key. */
  KEY_COMPROMISE("keyCompromise", 1),
  /** Somebody else has the key, and it is a CA's. */
  CA_COMPROMISE("cACompromise", 2),
  /** The name in it is not right any more. */
  AFFILIATION_CHANGED("affiliationChanged", 3),
  /** Another certificate took its place. */
  SUPERSEDED("superseded", 4),
  /** It is not needed any more. */
  CESSATION_OF_OPERATION("cessationOfOperation", 5),
  /** Suspended: it may become good again. */
  CERTIFICATE_HOLD("certificateHold", 6),
  /** On delta CRLs alone: it is not on the base any more. */
  REMOVE_FROM_CRL("removeFromCRL", 8),
  /** It says more than its holder may do now. */
  PRIVILEGE_WITHDRAWN("privilegeWithdrawn", 9),
  /** Of attribute certificates alone: somebody else has their issuer's key. */
  AA_COMPROMISE("aACompromise", 10);

  private final String word;
  private final int code;

  RevocationReason(String word, int code) {
    this.word = word;
    this.code = code;
  }

  /** As the RFC spells it. */
  public String word() {
    return word;
  }

  /** As the RFC numbers it. */
  public int code() {
    return code;
  }

  /** The reason of this spelling, if there is one. */
  public static Optional<RevocationReason> ofWord(String word) {
    return Arrays.stream(values()).filter(r -> r.word.equals(word)).findFirst();
  }
}
