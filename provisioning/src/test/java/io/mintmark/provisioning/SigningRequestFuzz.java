package io.mintmark.provisioning;

import io.mintmark.provisioning.http.SigningRequestDecoder;

/** Any bytes as the body of an EST request. */
public final class SigningRequestFuzz {

  private SigningRequestFuzz() {}

  /** Called by the fuzzer before its time begins. */
  public static void fuzzerInitialize(String[] seeds) throws Exception {
    FuzzBudget.warmUp(seeds[0], SigningRequestFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] body) throws Exception {
    FuzzBudget.spend(() -> SigningRequestDecoder.decode(body));
  }
}
