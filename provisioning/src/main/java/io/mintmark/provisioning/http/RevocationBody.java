package io.mintmark.provisioning.http;

import io.javalin.http.Context;
import io.mintmark.provisioning.Refusal;
import java.time.Instant;

/** The JSON body of a request that takes trust back; it may be left out where nothing is required. */
final class RevocationBody {

  private static final int LONGEST = 64 * 1024;

  /** Of devices, fleets and factory CAs. */
  private record Why(String reason) {}

  /**
   * Of one certificate.
   *
   * @param reason a CRLReason, or null
   * @param issuer the key id of the CA it must be of, or null
   */
  record OfCertificate(String reason, String issuer) {}

  /**
   * Of what an issuing CA signed.
   *
   * @param before until when
   * @param reason a CRLReason, or null
   */
  record OfIssued(Instant before, String reason) {}

  private RevocationBody() {}

  /** The reason; null if there is none, or no body. */
  static String reason(Context ctx) throws Refusal {
    return read(ctx, Why.class, new Why(null)).reason();
  }

  static OfCertificate ofCertificate(Context ctx) throws Refusal {
    return read(ctx, OfCertificate.class, new OfCertificate(null, null));
  }

  static OfIssued ofIssued(Context ctx) throws Refusal {
    return read(ctx, OfIssued.class, new OfIssued(null, null));
  }

  private static <T> T read(Context ctx, Class<T> shape, T none) throws Refusal {
    return ctx.req().getContentLengthLong() == 0 || ctx.req().getContentType() == null
        ? none
        : Json.body(ctx, LONGEST, shape);
  }
}
