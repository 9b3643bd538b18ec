package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where a service listens, as it wrote down in its data folder.
 *
 * @param status of CRLs and OCSP; null if they have no port
 * @param mqtt of the broker that runs in the service's process; null if there is none
 * @param webSocket the same broker's MQTT over WebSocket; null if there is none
 */
record Endpoints(URI service, URI operator, URI status, URI mqtt, URI webSocket) {

  static final String FILE = "endpoints.json";
  private static final String MQTT = "mqtt";
  private static final String WEBSOCKET = "websocket";

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
          optional(endpoints, "status"),
          optional(endpoints, MQTT),
          optional(endpoints, WEBSOCKET));
    } catch (IllegalArgumentException e) {
      throw new IOException(data.resolve(FILE) + " does not hold two addresses", e);
    }
  }

  /** Adds the broker's to what the service has written. */
  static void addMqtt(Path data, String host, int port, OptionalInt webSocketPort)
      throws IOException {
    Path file = data.resolve(FILE);
    ObjectNode endpoints = (ObjectNode) new ObjectMapper().readTree(Files.readString(file));
    endpoints.put(MQTT, "mqtts://" + host + ":" + port);
    webSocketPort.ifPresent(p -> endpoints.put(WEBSOCKET, webSocket(host, p)));
    AtomicFile.write(file, endpoints + "\n");
  }

  /** The address of MQTT over WebSocket. */
  static String webSocket(String host, int port) {
    return "wss://" + host + ":" + port + "/mqtt";
  }

  private static URI optional(JsonNode endpoints, String name) {
    return endpoints.has(name) ? URI.create(endpoints.get(name).asText()) : null;
  }
}
