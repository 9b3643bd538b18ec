package io.mintmark.provisioning.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What clients read whose request is turned away before it reaches a route, and what the log says of
 * it: a line for each that is wrong, one in ten seconds for all that are too many. Thread-safe.
 */
final class EarlyAnswer {

  private final ErrorFormat format;
  private final CutLog tooMany;

  /**
   * @param tooMany told of requests that may be too many for a line each
   */
  EarlyAnswer(ErrorFormat format, CutLog tooMany) {
    this.format = format;
    this.tooMany = tooMany;
  }

  /**
   * Answers.
   *
   * @param message one printable line
   */
  void write(Request request, Response response, Callback callback, int status, String message) {
    RefusalLog.write(request, status, message);
    send(response, callback, status, message);
  }

  private void send(Response response, Callback callback, int status, String message) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, format.contentType());
    byte[] body = format.body(message, List.of()).getBytes(StandardCharsets.UTF_8);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  /** Answers what can come by the thousand: counted, without a line each. */
  void counted(Request request, Response response, Callback callback, int status, String message) {
    tooMany.cut(Request.getRemoteAddr(request), Integer.toString(status));
    send(response, callback, status, message);
  }

  /** The same with a time after which to try again, in seconds. */
  void later(
      Request request,
      Response response,
      Callback callback,
      int status,
      String message,
      long seconds) {
    response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds);
    counted(request, response, callback, status, message);
  }
}
