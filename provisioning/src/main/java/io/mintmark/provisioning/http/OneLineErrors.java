package io.mintmark.provisioning.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * What clients read when Jetty itself turns a request away, before or after our routes: the
 * status's own words, never a page, a path or a stack trace. The log has its one line for it.
 */
final class OneLineErrors extends ErrorHandler {

  private final ErrorFormat format;

  OneLineErrors(ErrorFormat format) {
    this.format = format;
  }

  @Override
  public boolean errorPageForMethod(String method) {
    return !method.equals("HEAD");
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      String message,
      Throwable cause,
      Callback callback) {
    String words = HttpStatus.getMessage(status);
    RefusalLog.write(request, status, words);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, format.contentType());
    byte[] body = format.body(words, List.of()).getBytes(StandardCharsets.UTF_8);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
