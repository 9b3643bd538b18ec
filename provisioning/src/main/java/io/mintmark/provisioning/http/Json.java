package io.mintmark.provisioning.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.javalin.http.Context;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Refusal;
import java.util.List;

/** The JSON of both ports: instants as ISO 8601, what is null left out, unknown keys refused. */
final class Json {

  private static final List<String> MEDIA_TYPES = List.of("application/json");

  private static final ObjectMapper MAPPER = new ObjectMapper()
      .registerModule(new JavaTimeModule())
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

  private static final ObjectMapper ANY_VERSION =
      MAPPER.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private Json() {}

  /** The value's JSON. */
  static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(value.getClass() + " has no JSON form", e);
    }
  }

  /** Answers 200 with the value's JSON. */
  static void answer(Context ctx, Object value) {
    ctx.contentType("application/json");
    ctx.result(text(value));
  }

  /**
   * The body of a request.
   *
   * @throws Refusal INVALID if it is not JSON of this shape
   */
  static <T> T body(Context ctx, int mostBytes, Class<T> shape) throws Refusal {
    return body(ctx, mostBytes, shape, MAPPER);
  }

  /** As {@link #body}; keys it does not know are passed over: a broker may be newer than its service. */
  static <T> T bodyOfAnyVersion(Context ctx, int mostBytes, Class<T> shape) throws Refusal {
    return body(ctx, mostBytes, shape, ANY_VERSION);
  }

  private static <T> T body(Context ctx, int mostBytes, Class<T> shape, ObjectMapper mapper)
      throws Refusal {
    String text = RequestBody.text(ctx, mostBytes, MEDIA_TYPES);
    try {
      T value = mapper.readValue(text, shape);
      if (value != null) {
        return value;
      }
    } catch (JsonProcessingException e) {
      JsonLocation where = e.getLocation();
      String line = where == null ? "" : " (line " + where.getLineNr() + ")";
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the body is not the JSON expected" + line + ": " + Printable.of(e.getOriginalMessage()));
    }
    throw new Refusal(Refusal.Kind.INVALID, "the body is the JSON null");
  }
}
