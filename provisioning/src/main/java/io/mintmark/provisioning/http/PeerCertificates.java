package io.mintmark.provisioning.http;

import io.javalin.http.Context;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import java.security.cert.X509Certificate;
import java.util.List;

/** The certificates a client showed in the TLS handshake, where it proved to hold the first key. */
final class PeerCertificates {

  /** Jakarta Servlet 6.0, section 3.10. */
  private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";

  private PeerCertificates() {}

  /** Leaf first, as the client sent them, not validated; empty if it showed none. */
  static List<X509Certificate> of(Context ctx) {
    X509Certificate[] chain = (X509Certificate[]) ctx.req().getAttribute(ATTRIBUTE);
    return chain == null ? List.of() : List.of(chain);
  }

  /** Who the client claims to be, for the log: nothing here has been validated. */
  static String describe(Context ctx) {
    List<X509Certificate> chain = of(ctx);
    if (chain.isEmpty()) {
      return "none";
    }
    X509Certificate leaf = chain.get(0);
    try {
      return Identity.of(leaf).spiffeId();
    } catch (IllegalArgumentException e) {
      return "'" + Printable.of(leaf.getSubjectX500Principal().getName()) + "'";
    }
  }
}
