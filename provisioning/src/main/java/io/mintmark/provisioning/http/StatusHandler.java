package io.mintmark.provisioning.http;

import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Crl;
import io.mintmark.provisioning.CrlPublisher;
import io.mintmark.provisioning.OcspAnswer;
import io.mintmark.provisioning.OcspResponder;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.StatusAddresses;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/** {@code /crl/<issuer>.crl}, {@code /ca/<issuer>.cer}, {@code /ocsp}. Thread-safe. */
final class StatusHandler extends Handler.Abstract {

  /** Some hundred certificates at once. */
  private static final int LARGEST_REQUEST = 16 * 1024;

  private static final String CRL = "application/pkix-crl";
  private static final String CERTIFICATE = "application/pkix-cert";
  private static final String OCSP_REQUEST = "application/ocsp-request";
  private static final String OCSP_RESPONSE = "application/ocsp-response";

  private static final List<String> READING = List.of("GET", "HEAD");
  private static final List<String> ASKING = List.of("GET", "HEAD", "POST");

  private final CrlPublisher crls;
  private final OcspResponder ocsp;
  private final CertificateAuthority authority;
  private final Clock clock;

  StatusHandler(
      CrlPublisher crls, OcspResponder ocsp, CertificateAuthority authority, Clock clock) {
    this.crls = crls;
    this.ocsp = ocsp;
    this.authority = authority;
    this.clock = clock;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    StatusReply reply = new StatusReply(request, response, callback, clock.instant());
    String path = request.getHttpURI().getPath();
    if (path == null) {
      reply.refuse(404, "there is nothing without a path");
    } else if (path.equals(StatusAddresses.OCSP_PATH)
        || path.startsWith(StatusAddresses.OCSP_PATH + "/")) {
      ocsp(request, path.substring(StatusAddresses.OCSP_PATH.length()), reply);
    } else if (!READING.contains(request.getMethod())) {
      reply.methodNotAllowed(READING);
    } else if (isBetween(path, "/crl/", ".crl")) {
      crl(between(path, "/crl/", ".crl"), reply);
    } else if (isBetween(path, "/ca/", ".cer")) {
      certificate(between(path, "/ca/", ".cer"), reply);
    } else {
      reply.refuse(404, "there is nothing at " + Printable.of(path));
    }
    return true;
  }

  private void crl(String issuer, StatusReply reply) {
    try {
      crls.requireCurrent();
    } catch (Refusal refusal) {
      refusal.retryAfter().ifPresent(reply::retryAfter);
      reply.refuse(Answers.status(refusal.kind()), refusal.getMessage());
      return;
    }
    Optional<Crl> crl = crls.find(issuer);
    if (crl.isEmpty()) {
      reply.refuse(404, "there is no CRL of an issuer '" + Printable.of(issuer) + "'");
      return;
    }
    // Its number is never another's; hashing megabytes for each request would cost the most of it.
    reply.keep(
        crl.get().der(),
        CRL,
        Long.toString(crl.get().number()),
        crl.get().thisUpdate(),
        crl.get().nextUpdate());
  }

  private void certificate(String issuer, StatusReply reply) {
    Optional<X509Certificate> certificate = authority.hierarchy().issuers().stream()
        .filter(i -> i.id().equals(issuer))
        .map(i -> i.certificate())
        .findFirst();
    if (certificate.isEmpty()) {
      reply.refuse(404, "there is no issuer '" + Printable.of(issuer) + "'");
      return;
    }
    reply.keep(
        der(certificate.get()),
        CERTIFICATE,
        Pem.fingerprint(der(certificate.get())),
        certificate.get().getNotBefore().toInstant(),
        certificate.get().getNotAfter().toInstant());
  }

  private void ocsp(Request request, String rest, StatusReply reply) {
    switch (request.getMethod()) {
      case "GET", "HEAD" -> answer(inPath(rest), reply);
      case "POST" -> posted(request, reply);
      default -> reply.methodNotAllowed(ASKING);
    }
  }

  private void answer(byte[] request, StatusReply reply) {
    OcspAnswer answer = ocsp.answer(request);
    if (answer.mayBeKept()) {
      String tag = Pem.fingerprint(answer.der());
      reply.keep(answer.der(), OCSP_RESPONSE, tag, answer.from(), answer.until());
    } else {
      reply.once(answer.der(), OCSP_RESPONSE);
    }
  }

  /** What is no base64 is no OCSP request, and told so as one. */
  private static byte[] inPath(String rest) {
    try {
      return OcspPath.decode(rest);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /** No thread waits for the body: whoever sends it slowly keeps nobody else from asking. */
  private void posted(Request request, StatusReply reply) {
    String header = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    String type = header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!type.equals(OCSP_REQUEST)) {
      reply.refuse(
          415, "media type '" + Printable.of(type) + "' is not accepted: send " + OCSP_REQUEST);
      return;
    }
    if (request.getLength() > LARGEST_REQUEST) {
      tooLong(reply);
      return;
    }
    Content.Source.asByteArrayAsync(
        request,
        LARGEST_REQUEST,
        Promise.Invocable.from(
            InvocationType.BLOCKING,
            body -> answer(body, reply),
            failure -> unread(failure, reply)));
  }

  private static void unread(Throwable failure, StatusReply reply) {
    if (failure instanceof IOException || failure instanceof TimeoutException) {
      reply.refuse(400, "the body could not be read to its end");
    } else {
      tooLong(reply);
    }
  }

  private static void tooLong(StatusReply reply) {
    reply.refuse(413, "the request is longer than " + LARGEST_REQUEST + " bytes");
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }

  private static boolean isBetween(String path, String before, String after) {
    return path.startsWith(before)
        && path.endsWith(after)
        && path.length() > before.length() + after.length();
  }

  private static String between(String path, String before, String after) {
    return path.substring(before.length(), path.length() - after.length());
  }
}
