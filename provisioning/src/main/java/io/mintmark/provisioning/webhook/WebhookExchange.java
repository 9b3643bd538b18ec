package io.mintmark.provisioning.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.EnrolmentPolicy.Webhook;
import io.mintmark.provisioning.Worded;
import io.mintmark.provisioning.webhook.ApprovalWebhook.Answer;
import io.mintmark.provisioning.webhook.ApprovalWebhook.Decision;
import io.mintmark.provisioning.webhook.ApprovalWebhook.Question;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import javax.net.ssl.HttpsURLConnection;

/** One question to a webhook and its answer, on a connection of its own. */
final class WebhookExchange {

  private static final int LONGEST_ANSWER = 16 * 1024;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Webhook webhook;
  private volatile HttpsURLConnection connection;
  private volatile boolean aborted;

  WebhookExchange(Webhook webhook) {
    this.webhook = webhook;
  }

  /**
   * Asks and waits. Each read has the webhook's timeout; who wants one for the whole uses {@link
   * #abort}.
   *
   * @throws IOException if there is no answer, or none that can be understood
   */
  Answer ask(Question question) throws IOException {
    connection = (HttpsURLConnection) webhook.url().toURL().openConnection();
    try {
      int timeout = Math.toIntExact(webhook.timeout().toMillis());
      connection.setSSLSocketFactory(
          Credential.anonymousTlsContext(webhook.trust()).getSocketFactory());
      connection.setConnectTimeout(timeout);
      connection.setReadTimeout(timeout);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestMethod("POST");
      connection.setRequestProperty("Connection", "close");
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setRequestProperty("Accept", "application/json");
      byte[] body = JSON.writeValueAsBytes(question);
      connection.setDoOutput(true);
      // Streaming also keeps the JDK from sending a POST twice.
      connection.setFixedLengthStreamingMode(body.length);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
      int status = connection.getResponseCode();
      if (status != 200) {
        throw new IOException("it answered " + status + ", not 200");
      }
      return answer(read(connection.getInputStream()));
    } finally {
      connection.disconnect();
    }
  }

  /** Ends a question from another thread. */
  void abort() {
    aborted = true;
    HttpsURLConnection open = connection;
    if (open != null) {
      open.disconnect();
    }
  }

  private byte[] read(InputStream in) throws IOException {
    byte[] bytes = new byte[LONGEST_ANSWER + 1];
    int length = 0;
    for (int n = 0; n >= 0; n = in.read(bytes, length, bytes.length - length)) {
      length += n;
      if (length > LONGEST_ANSWER) {
        throw new IOException("its answer is longer than " + LONGEST_ANSWER + " bytes");
      }
      if (aborted) {
        throw new IOException("it answers too slowly");
      }
    }
    return java.util.Arrays.copyOf(bytes, length);
  }

  private static Answer answer(byte[] body) throws IOException {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IOException("its answer is not JSON", e);
    }
    JsonNode decision = answer.path("decision");
    if (!decision.isTextual() || !Worded.words(Decision.class).contains(decision.asText())) {
      throw new IOException("its answer needs \"decision\" to be one of "
          + Worded.words(Decision.class)
          + ", not "
          + Printable.of(decision.toString()));
    }
    JsonNode reason = answer.path("reason");
    return new Answer(
        Worded.of(Decision.class, decision.asText()),
        reason.isTextual() ? Printable.of(reason.asText()) : null);
  }
}
