package io.mintmark.provisioning.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What clients read whose request is turned away before it reaches a route, with its log line. */
final class EarlyAnswer {

  private final ErrorFormat format;

  EarlyAnswer(ErrorFormat format) {
    this.format = format;
  }

  /**
   * Answers.
   *
   * @param message one printable line
   */
  void write(Request request, Response response, Callback callback, int status, String message) {
    RefusalLog.write(
        request.getMethod(),
        request.getHttpURI().getPath(),
        "not looked at",
        Request.getRemoteAddr(request),
        status,
        message);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, format.contentType());
    byte[] body = format.body(message, List.of()).getBytes(StandardCharsets.UTF_8);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  /** Answers with a time after which to try again, in seconds. */
  void later(
      Request request,
      Response response,
      Callback callback,
      int status,
      String message,
      long seconds) {
    response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds);
    write(request, response, callback, status, message);
  }
}
