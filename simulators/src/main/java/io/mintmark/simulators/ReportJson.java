package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/** The JSON of reports: indented, moments as ISO 8601, what is null left out. Thread-safe. */
public final class ReportJson {

  private static final ObjectMapper JSON = new ObjectMapper()
      .registerModule(new JavaTimeModule())
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .enable(SerializationFeature.INDENT_OUTPUT)
      .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

  private ReportJson() {}

  /** The report, ended by a line feed. */
  public static String text(Object report) {
    try {
      return JSON.writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of text and numbers always encode", e);
    }
  }

  /** The report on one line, without a line feed. */
  public static String line(Object report) {
    try {
      return JSON.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of text and numbers always encode", e);
    }
  }

  /**
   * The report of a text.
   *
   * @throws JsonProcessingException if it is not JSON of this form
   */
  public static <T> T read(String text, Class<T> type) throws JsonProcessingException {
    return JSON.readValue(text, type);
  }
}
