package io.mintmark.simulators.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mintmark.identity.testing.ForeignPrograms;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A headless browser with one page, driven by the DevTools protocol. For one thread. */
final class Chromium implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> arrived = new LinkedBlockingQueue<>();
  private final List<JsonNode> events = new ArrayList<>();
  private int number;

  /**
   * Starts it; skips the test where it is not installed.
   *
   * @param profile an empty folder
   */
  Chromium(Path profile) throws Exception {
    ForeignPrograms.require("chromium");
    ProcessBuilder command = new ProcessBuilder(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--user-data-dir=" + profile,
            "--remote-debugging-port=0",
            "--window-size=1280,900",
            "about:blank")
        .redirectErrorStream(true)
        .redirectOutput(profile.resolve("chromium.log").toFile());
    // What it leaves behind goes with the profile.
    command.environment().put("TMPDIR", profile.toString());
    process = command.start();
    try {
      HttpClient http = HttpClient.newHttpClient();
      socket = http.newWebSocketBuilder()
          .buildAsync(page(http, profile), new Arrivals(arrived))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", JSON.createObjectNode());
    }
  }

  /** Where its one page is reached, once it has said where it listens. */
  private URI page(HttpClient http, Path profile) throws Exception {
    Path port = profile.resolve("DevToolsActivePort");
    Awaitility.await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS).until(() -> {
      if (!process.isAlive()) {
        throw new IOException(
            "chromium has ended: " + Files.readString(profile.resolve("chromium.log")));
      }
      return Files.exists(port) && Files.readAllLines(port).size() > 1;
    });
    URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list");
    String[] found = {null};
    Awaitility.await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS).until(() -> {
      String text = http.send(
              HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
          .body();
      for (JsonNode each : JSON.readTree(text)) {
        if (each.path("type").asText().equals("page")) {
          found[0] = each.get("webSocketDebuggerUrl").asText();
        }
      }
      return found[0] != null;
    });
    return URI.create(found[0]);
  }

  /** Shows a file, forgets what was before, and returns once it is loaded. */
  void open(Path file) throws Exception {
    events.clear();
    ObjectNode where = JSON.createObjectNode().put("url", file.toUri().toString());
    call("Page.navigate", where);
    while (events("Page.loadEventFired").isEmpty()) {
      take();
    }
  }

  /** Whether the page is to be shown as where it is dark. */
  void colours(String scheme) throws Exception {
    ObjectNode media = JSON.createObjectNode();
    media.putArray("features").addObject().put("name", "prefers-color-scheme").put("value", scheme);
    call("Emulation.setEmulatedMedia", media);
  }

  /** What an expression of JavaScript in the page comes to. */
  JsonNode evaluate(String expression) throws Exception {
    ObjectNode code =
        JSON.createObjectNode().put("expression", expression).put("returnByValue", true);
    JsonNode answer = call("Runtime.evaluate", code);
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(answer.toString());
    }
    return answer.get("result").path("value");
  }

  /** A picture of the page, PNG. */
  byte[] screenshot() throws Exception {
    JsonNode answer = call(
        "Page.captureScreenshot",
        JSON.createObjectNode().put("captureBeyondViewport", true).put("format", "png"));
    return answer.get("data").binaryValue();
  }

  /** What the page complained of: in the log, on the console, or by an exception. */
  List<JsonNode> complaints() {
    return events.stream()
        .filter(each -> switch (each.path("method").asText()) {
          case "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled" -> true;
          default -> false;
        })
        .toList();
  }

  /** What the page asked for. */
  List<String> requests() {
    return events("Network.requestWillBeSent").stream()
        .map(each -> each.get("params").get("request").get("url").asText())
        .toList();
  }

  private List<JsonNode> events(String method) {
    return events.stream()
        .filter(each -> each.path("method").asText().equals(method))
        .toList();
  }

  private JsonNode call(String method, ObjectNode parameters) throws Exception {
    number++;
    ObjectNode message = JSON.createObjectNode().put("id", number).put("method", method);
    message.set("params", parameters);
    socket.sendText(message.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    while (true) {
      JsonNode answer = take();
      if (answer.path("id").asInt() == number) {
        if (answer.has("error")) {
          throw new IOException(method + ": " + answer.get("error"));
        }
        return answer.get("result");
      }
    }
  }

  private JsonNode take() throws Exception {
    JsonNode next = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (next == null || next.isNull()) {
      throw new IOException("chromium says nothing");
    }
    if (next.has("method")) {
      events.add(next);
    }
    return next;
  }

  /** Asks it to leave, as it tidies up then, and sees to it that it does. */
  @Override
  public void close() throws Exception {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    try {
      call("Browser.close", JSON.createObjectNode());
    } catch (IOException | ExecutionException e) {
      // It may be gone before it answers.
    }
    process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle each : all) {
      each.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    socket.abort();
  }

  /** Puts messages together from the parts they arrive in. */
  private static final class Arrivals implements WebSocket.Listener {

    private final BlockingQueue<JsonNode> arrived;
    private final StringBuilder text = new StringBuilder();

    Arrivals(BlockingQueue<JsonNode> arrived) {
      this.arrived = arrived;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          arrived.add(JSON.readTree(text.toString()));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      arrived.add(NullNode.getInstance());
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable cause) {
      arrived.add(NullNode.getInstance());
    }
  }
}
