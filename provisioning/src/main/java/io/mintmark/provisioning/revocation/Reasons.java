package io.mintmark.provisioning.revocation;

import io.mintmark.identity.Printable;
import io.mintmark.identity.Suggestion;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.RevocationReason;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Which CRLReasons (RFC 5280, section 5.3.1) an operator may give for what. */
public enum Reasons {
  /** Devices and their certificates, one by one or by fleet. */
  OF_END_ENTITIES,
  /** All below a CA: it may be the CA's key that somebody else has. */
  OF_THOSE_BELOW_A_CA;

  private boolean fits(RevocationReason reason) {
    return switch (reason) {
      case UNSPECIFIED,
          KEY_COMPROMISE,
          AFFILIATION_CHANGED,
          SUPERSEDED,
          CESSATION_OF_OPERATION,
          PRIVILEGE_WITHDRAWN -> true;
      case CA_COMPROMISE -> this == OF_THOSE_BELOW_A_CA;
      case CERTIFICATE_HOLD, REMOVE_FROM_CRL, AA_COMPROMISE -> false;
    };
  }

  /**
   * The reason of a word.
   *
   * @param wordOrNull null for {@code unspecified}
   * @throws Refusal INVALID if it is none, naming the nearest, or none that fits here, saying why
   */
  public RevocationReason of(String wordOrNull) throws Refusal {
    if (wordOrNull == null) {
      return RevocationReason.UNSPECIFIED;
    }
    RevocationReason reason =
        RevocationReason.ofWord(wordOrNull).orElseThrow(() -> unknown(wordOrNull));
    if (!fits(reason)) {
      throw refused("revocation reason '" + reason.word() + "' " + whyNot(reason));
    }
    return reason;
  }

  private static String whyNot(RevocationReason reason) {
    return switch (reason) {
      case CERTIFICATE_HOLD -> "is not for good: suspend the device or its fleet instead";
      case REMOVE_FROM_CRL ->
        "is for delta CRLs alone: to take a suspension back, release the device or its fleet";
      case AA_COMPROMISE -> "is for attribute certificates alone, and there are none here";
      default ->
        "is for what is below a CA: use it with 'mintmark factory-ca revoke' or 'mintmark ca"
            + " revoke-issued', or use keyCompromise";
    };
  }

  private Refusal unknown(String word) {
    String near = Suggestion.of(word, words(reason -> true))
        .map(nearest -> "did you mean '" + nearest + "'? ")
        .orElse("");
    return refused("revocation reason '" + Printable.of(word) + "' is not known: " + near
        + "use one of " + words(this::fits));
  }

  private static List<String> words(Predicate<RevocationReason> which) {
    return Arrays.stream(RevocationReason.values())
        .filter(which)
        .map(RevocationReason::word)
        .toList();
  }

  private static Refusal refused(String message) {
    return new Refusal(Refusal.Kind.INVALID, message);
  }
}
