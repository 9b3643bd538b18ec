package io.mintmark.provisioning.http;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Reads the body of a request within a limit, whether or not its length was announced. */
final class RequestBody {

  private RequestBody() {}

  /**
   * The body.
   *
   * @param mostBytes one more is answered with 413
   * @param mediaTypes a body of none of these, parameters aside, is answered with 415
   * @throws Refusal INVALID if the body is empty
   */
  static byte[] bytes(Context ctx, int mostBytes, List<String> mediaTypes) throws Refusal {
    requireMediaType(ctx, mediaTypes);
    byte[] body = read(ctx, mostBytes);
    if (body.length == 0) {
      throw new Refusal(
          Refusal.Kind.INVALID, "the request has no body: send " + String.join(" or ", mediaTypes));
    }
    return body;
  }

  /**
   * The body as text, which must be UTF-8.
   *
   * @throws Refusal INVALID if the body is empty or not UTF-8
   */
  static String text(Context ctx, int mostBytes, List<String> mediaTypes) throws Refusal {
    byte[] body = bytes(ctx, mostBytes, mediaTypes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new Refusal(Refusal.Kind.INVALID, "the body is not UTF-8 text");
    }
  }

  private static byte[] read(Context ctx, int mostBytes) {
    if (ctx.req().getContentLengthLong() > mostBytes) {
      throw tooLong(mostBytes);
    }
    try {
      InputStream in = ctx.req().getInputStream();
      byte[] body = in.readNBytes(mostBytes + 1);
      if (body.length > mostBytes) {
        throw tooLong(mostBytes);
      }
      return body;
    } catch (IOException e) {
      throw new HttpResponseException(400, "the body could not be read to its end");
    }
  }

  private static HttpResponseException tooLong(int mostBytes) {
    return new HttpResponseException(413, "the body is longer than " + mostBytes + " bytes");
  }

  private static void requireMediaType(Context ctx, List<String> mediaTypes) {
    String header = ctx.req().getContentType();
    String type = header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!mediaTypes.contains(type)) {
      throw new HttpResponseException(
          415,
          "media type "
              + (type.isEmpty() ? "missing" : "'" + Printable.of(type) + "' is not accepted")
              + ": send Content-Type "
              + String.join(" or ", mediaTypes));
    }
  }
}
