package io.mintmark.provisioning.sql;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.List;
import java.util.Map;

/** The JSON of columns: lists, maps and feed entries. Thread-safe. */
final class Json {

  private static final ObjectMapper MAPPER = JsonMapper.builder()
      .addModule(new JavaTimeModule())
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .defaultPropertyInclusion(
          JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
      .build();

  private static final ObjectReader MAPS =
      MAPPER.readerFor(new TypeReference<Map<String, String>>() {});

  private Json() {}

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(value.getClass() + " cannot be written as JSON", e);
    }
  }

  static <T> T read(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the registry holds a broken " + type.getSimpleName(), e);
    }
  }

  static List<String> list(String json) {
    return List.of(read(json, String[].class));
  }

  /** Strings and maps. */
  static List<Object> objects(String json) {
    return List.of(read(json, Object[].class));
  }

  static Map<String, String> map(String json) {
    try {
      return MAPS.readValue(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the registry holds a broken map", e);
    }
  }
}
