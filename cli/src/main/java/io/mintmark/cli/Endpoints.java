package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a service listens, as it wrote down in its data folder.
 *
 * @param status of CRLs and OCSP; null if they have no port
 */
record Endpoints(URI service, URI operator, URI status) {

  static final String FILE = "endpoints.json";

  /**
   * Reads them.
   *
   * @throws java.nio.file.NoSuchFileException if no service has run with the folder
   * @throws IOException if the file cannot be read
   */
  static Endpoints read(Path data) throws IOException {
    JsonNode endpoints = new ObjectMapper().readTree(Files.readString(data.resolve(FILE)));
    try {
      return new Endpoints(
          URI.create(endpoints.required("service").asText()),
          URI.create(endpoints.required("operator").asText()),
          endpoints.has("status") ? URI.create(endpoints.get("status").asText()) : null);
    } catch (IllegalArgumentException e) {
      throw new IOException(data.resolve(FILE) + " does not hold two addresses", e);
    }
  }
}
