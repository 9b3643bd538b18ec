package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.http.DateGenerator;
import org.eclipse.jetty.http.HttpDateTime;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes the one answer of a request on the status port, with what HTTP caches need to know. */
final class StatusReply {

  /** What a cache between us and a client may add to the age of a revocation. */
  private static final Duration LONGEST_CACHED = Duration.ofMinutes(5);

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Instant now;

  StatusReply(Request request, Response response, Callback callback, Instant now) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.now = now;
  }

  /**
   * Signed data, for caches too (RFC 5019, section 6.2), or 304 to who has it (RFC 9110, section
   * 13.2.2).
   *
   * @param version what no other content of the address has
   * @param from when it was made
   * @param until when it ends
   */
  void keep(byte[] body, String mediaType, String version, Instant from, Instant until) {
    Duration left = now.isBefore(until) ? Duration.between(now, until) : Duration.ZERO;
    long maxAge = Math.min(left.toSeconds(), LONGEST_CACHED.toSeconds());
    String tag = "\"" + version + "\"";
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.ETAG, tag);
    headers.put(HttpHeader.LAST_MODIFIED, DateGenerator.formatDate(from));
    headers.put(HttpHeader.EXPIRES, DateGenerator.formatDate(until));
    headers.put(
        HttpHeader.CACHE_CONTROL, "max-age=" + maxAge + ", public, no-transform, must-revalidate");
    if (has(tag, from)) {
      response.setStatus(304);
      callback.succeeded();
    } else {
      write(200, body, mediaType);
    }
  }

  /** An answer nobody may keep. */
  void once(byte[] body, String mediaType) {
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    write(200, body, mediaType);
  }

  void methodNotAllowed(List<String> allowed) {
    String methods = String.join(", ", allowed);
    response.getHeaders().put(HttpHeader.ALLOW, methods);
    refuse(405, "this method is not allowed: use " + methods);
  }

  /** When asking again may help; before the reply. */
  void retryAfter(Duration time) {
    response.getHeaders().put(HttpHeader.RETRY_AFTER, Long.toString(time.toSeconds()));
  }

  /** One line of text. */
  void refuse(int status, String message) {
    RefusalLog.write(
        request.getMethod(),
        request.getHttpURI().getPath(),
        "anybody",
        Request.getRemoteAddr(request),
        status,
        message);
    write(
        status,
        ErrorFormat.TEXT.body(message, List.of()).getBytes(UTF_8),
        ErrorFormat.TEXT.contentType());
  }

  private void write(int status, byte[] body, String mediaType) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, mediaType);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  /** Whether the client has this already. If-None-Match is decisive when it is there. */
  private boolean has(String tag, Instant from) {
    if (request.getMethod().equals("POST")) {
      return false;
    }
    List<String> tags = request.getHeaders().getValuesList(HttpHeader.IF_NONE_MATCH);
    if (!tags.isEmpty()) {
      // Weak comparison; a comma within somebody else's tag makes none of ours.
      return Arrays.stream(String.join(",", tags).split(","))
          .map(String::strip)
          .map(t -> t.startsWith("W/") ? t.substring(2) : t)
          .anyMatch(t -> t.equals("*") || t.equals(tag));
    }
    String since = request.getHeaders().get(HttpHeader.IF_MODIFIED_SINCE);
    if (since == null) {
      return false;
    }
    try {
      return !from.truncatedTo(ChronoUnit.SECONDS)
          .isAfter(Instant.ofEpochMilli(HttpDateTime.parseToEpoch(since)));
    } catch (IllegalArgumentException e) {
      // Section 13.1.3: a date that cannot be read is as if it was not there.
      return false;
    }
  }
}
