package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/** The feed as a broker of this machine reads it, from its start and by its credential. */
final class BrokerFeed {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TIMEOUT_MILLIS = 30_000;

  private BrokerFeed() {}

  /**
   * The roots of the last bundle in it.
   *
   * @param folder the broker's
   * @throws IOException if the feed cannot be read, or names none
   */
  static List<X509Certificate> roots(URI service, Path folder, Collection<X509Certificate> trust)
      throws IOException {
    Credential credential = new CredentialStore(folder.resolve("credential.pem"))
        .load()
        .orElseThrow(
            () -> new IOException("the broker's folder " + folder + " holds no credential"));
    SSLSocketFactory sockets = credential.tlsContext(trust).getSocketFactory();
    String pem = null;
    long after = 0;
    JsonNode page;
    do {
      page = page(service.resolve("/v1/feed?wait=0&after=" + after), sockets);
      for (JsonNode entry : page.path("entries")) {
        after = entry.path("sequence").asLong();
        pem = entry.path("bundle").path("pem").asText(pem);
      }
    } while (after < page.path("head").asLong() && page.path("entries").size() > 0);
    if (pem == null) {
      throw new IOException("the feed names no roots");
    }
    return Pem.certificates(pem);
  }

  private static JsonNode page(URI uri, SSLSocketFactory sockets) throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
    connection.setSSLSocketFactory(sockets);
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    try (InputStream in = connection.getInputStream()) {
      return JSON.readTree(in);
    }
  }
}
