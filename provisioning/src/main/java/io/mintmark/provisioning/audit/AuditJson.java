package io.mintmark.provisioning.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/** The JSON of rows and checkpoints: instants as ISO 8601, what is null left out. */
public final class AuditJson {

  /** Thread-safe. */
  static final ObjectMapper MAPPER = JsonMapper.builder()
      .addModule(new JavaTimeModule())
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .defaultPropertyInclusion(
          JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
      .build();

  private AuditJson() {}

  /**
   * The row in its JSON.
   *
   * @throws JsonProcessingException if it is none
   */
  public static AuditRow row(String json) throws JsonProcessingException {
    return MAPPER.readValue(json, AuditRow.class);
  }

  /**
   * The checkpoint in its JSON.
   *
   * @throws JsonProcessingException if it is none
   */
  public static Checkpoint checkpoint(String json) throws JsonProcessingException {
    return MAPPER.readValue(json, Checkpoint.class);
  }
}
