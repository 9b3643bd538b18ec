package io.mintmark.provisioning.http;

import java.util.HexFormat;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets only plain requests through to the router: a method the port knows, and a path and query
 * that can be read in one way. Labels and operations are matched as exact segments (RFC 7030,
 * section 3.2.2), and no name in our paths needs an escape, so an escape, an empty or dot segment, a
 * path parameter or a trailing slash is a path we do not have.
 *
 * <p>It stands before Javalin because Javalin decodes path parameters and keeps each method name it
 * ever met.
 */
final class FrontGate extends Handler.Wrapper {

  private final List<String> methods;

  /**
   * @param methods those the port has a route for
   */
  FrontGate(List<String> methods) {
    this.methods = methods;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!isPlain(request.getHttpURI().getPath())) {
      return refuse(request, response, callback, HttpStatus.NOT_FOUND_404);
    }
    if (!isWellEncoded(request.getHttpURI().getQuery())) {
      return refuse(request, response, callback, HttpStatus.BAD_REQUEST_400);
    }
    if (!methods.contains(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", methods));
      return refuse(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
    }
    return super.handle(request, response, callback);
  }

  private static boolean refuse(Request request, Response response, Callback callback, int status) {
    Response.writeError(request, response, callback, status);
    return true;
  }

  /** Whether each segment is one or more unreserved characters (RFC 3986, section 2.3). */
  static boolean isPlain(String path) {
    if (path == null || !path.startsWith("/")) {
      return false;
    }
    for (String segment : path.substring(1).split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return false;
      }
      for (int i = 0; i < segment.length(); i++) {
        if (!isUnreserved(segment.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Whether each % begins an escape (RFC 3986, section 2.1). The router would leave a parameter out
   * that it cannot decode, and a wrong value would pass for a missing one.
   */
  private static boolean isWellEncoded(String queryOrNull) {
    if (queryOrNull == null) {
      return true;
    }
    for (int i = queryOrNull.indexOf('%'); i >= 0; i = queryOrNull.indexOf('%', i + 1)) {
      if (i + 2 >= queryOrNull.length()
          || !HexFormat.isHexDigit(queryOrNull.charAt(i + 1))
          || !HexFormat.isHexDigit(queryOrNull.charAt(i + 2))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
