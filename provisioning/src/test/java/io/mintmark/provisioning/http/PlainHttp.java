package io.mintmark.provisioning.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A client of the status port. */
final class PlainHttp {

  private final HttpClient client = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(10))
      .build();
  private final URI base;

  PlainHttp(URI base) {
    this.base = base;
  }

  /** Headers are name, value, name, value. */
  HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
        .timeout(Duration.ofSeconds(20))
        .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, null, headers);
  }

  HttpResponse<byte[]> ocsp(byte[] request) throws IOException, InterruptedException {
    return send("POST", "/ocsp", request, "Content-Type", "application/ocsp-request");
  }

  /** An OCSP request of a length that is not announced. */
  HttpResponse<byte[]> chunked(byte[] request) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(base + "/ocsp"))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/ocsp-request")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(request)))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }
}
