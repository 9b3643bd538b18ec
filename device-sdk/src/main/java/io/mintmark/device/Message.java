package io.mintmark.device;

import io.mintmark.identity.Printable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A message, on its way out or in: topic, payload and what MQTT 5 lets one say about them (section
 * 3.3.2.3). Made with {@link #of}, changed by the {@code with} methods, which return a copy.
 *
 * <pre>{@code
 * device.publish(Message.of("telemetry/sensors/d-1/state", "{\"valve\":\"open\"}")
 *     .withContentType("application/json")
 *     .withRetained(true)
 *     .withExpiry(Duration.ofHours(1)));
 * }</pre>
 *
 * <p>Immutable and thread-safe. Texts are up to 65,535 bytes of UTF-8 without control characters;
 * the {@code with} methods throw {@link IllegalArgumentException} for others. What arrives is passed
 * on as it came.
 */
public final class Message {

  private static final int LONGEST_CORRELATION = 65_535;
  private static final int LONGEST_ERROR = 1_000;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONGEST_EXPIRY = Duration.ofSeconds(0xffff_ffffL);

  /** By this user property an answer says that it is an error; the value says which. */
  private static final String ERROR = "mintmark-error";

  /** What a message is made of; belongs to one thread, and to nobody once the message is made. */
  static final class Draft {
    String topic = "";
    byte[] payload = {};
    int qos = 1;
    boolean retained;
    boolean duplicate;
    boolean text;
    Duration expiry;
    String contentType;
    String responseTopic;
    byte[] correlationData;
    List<UserProperty> userProperties = List.of();

    Message message() {
      return new Message(this);
    }
  }

  private final String topic;
  private final byte[] payload;
  private final int qos;
  private final boolean retained;
  private final boolean duplicate;
  private final boolean text;
  private final Duration expiry;
  private final String contentType;
  private final String responseTopic;
  private final byte[] correlationData;
  private final List<UserProperty> userProperties;

  private Message(Draft draft) {
    topic = draft.topic;
    payload = draft.payload;
    qos = draft.qos;
    retained = draft.retained;
    duplicate = draft.duplicate;
    text = draft.text;
    expiry = draft.expiry;
    contentType = draft.contentType;
    responseTopic = draft.responseTopic;
    correlationData = draft.correlationData;
    userProperties = List.copyOf(draft.userProperties);
  }

  private Draft draft() {
    Draft draft = new Draft();
    draft.topic = topic;
    draft.payload = payload;
    draft.qos = qos;
    draft.retained = retained;
    draft.duplicate = duplicate;
    draft.text = text;
    draft.expiry = expiry;
    draft.contentType = contentType;
    draft.responseTopic = responseTopic;
    draft.correlationData = correlationData;
    draft.userProperties = userProperties;
    return draft;
  }

  /**
   * A message of QoS 1.
   *
   * @param topic without wildcards
   * @param payload copied
   * @throws IllegalArgumentException if the topic is not valid
   */
  public static Message of(String topic, byte[] payload) {
    return answer(payload).withTopic(topic);
  }

  /**
   * A message of QoS 1 that is marked as UTF-8 text.
   *
   * @param topic without wildcards
   * @throws IllegalArgumentException if the topic is not valid
   */
  public static Message of(String topic, String text) {
    return answer(text).withTopic(topic);
  }

  /**
   * What a {@link ReplyHandler} returns: a message of QoS 1 without a topic, which the request
   * gives.
   *
   * @param payload copied
   */
  public static Message answer(byte[] payload) {
    Draft draft = new Draft();
    draft.payload = payload.clone();
    return draft.message();
  }

  /** As {@link #answer(byte[])}, marked as UTF-8 text. */
  public static Message answer(String text) {
    Draft draft = new Draft();
    draft.payload = text.getBytes(StandardCharsets.UTF_8);
    draft.text = true;
    return draft.message();
  }

  /**
   * An answer that says that the request could not be fulfilled: {@link DeviceClient#request} fails
   * with it, other clients find the user property {@code mintmark-error}.
   *
   * @param why for the one who asked; without its control characters and what follows the first
   *     1,000 characters
   */
  public static Message error(String why) {
    String shown = why.codePoints()
        .limit(LONGEST_ERROR)
        .filter(c -> !Character.isISOControl(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
    return answer(new byte[0]).withUserProperty(ERROR, shown);
  }

  /** Where it was or is to be published; empty for an {@link #answer} that was not sent yet. */
  public String topic() {
    return topic;
  }

  /** Its bytes, a copy; may be empty. */
  public byte[] payload() {
    return payload.clone();
  }

  /** The payload read as UTF-8. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** The payload itself, which nobody may change. */
  byte[] bytes() {
    return payload;
  }

  /** 0 or 1; of a message that arrived: as it was delivered. */
  public int qos() {
    return qos;
  }

  /**
   * Whether the broker is to keep it for later subscribers; of a message that arrived: whether the
   * broker kept it from before the subscription.
   */
  public boolean retained() {
    return retained;
  }

  /** Whether the broker says that it may have been delivered before (QoS 1 only). */
  public boolean duplicate() {
    return duplicate;
  }

  /** Whether the sender says that the payload is UTF-8 text (payload format indicator). */
  public boolean isText() {
    return text;
  }

  /** How long it counts; of a message that arrived: how much of that was left then. */
  public Optional<Duration> expiry() {
    return Optional.ofNullable(expiry);
  }

  /** What the payload is, usually a MIME type. */
  public Optional<String> contentType() {
    return Optional.ofNullable(contentType);
  }

  /** Where an answer is expected. */
  public Optional<String> responseTopic() {
    return Optional.ofNullable(responseTopic);
  }

  /** By what the one who asked knows the answer; a copy. */
  public Optional<byte[]> correlationData() {
    return Optional.ofNullable(correlationData).map(byte[]::clone);
  }

  /** All user properties, in their order; unmodifiable. */
  public List<UserProperty> userProperties() {
    return userProperties;
  }

  /** The first value of a user property. */
  public Optional<String> userProperty(String name) {
    return userProperties.stream()
        .filter(p -> p.name().equals(name))
        .map(UserProperty::value)
        .findFirst();
  }

  /** Why the request could not be fulfilled, if this is the answer that says so. */
  public Optional<String> error() {
    return userProperty(ERROR);
  }

  /** The same for another topic, without wildcards. */
  public Message withTopic(String name) {
    Topics.requireName(name);
    Draft draft = draft();
    draft.topic = name;
    return draft.message();
  }

  /**
   * With this QoS: 0 (at most once) or 1 (at least once).
   *
   * @throws IllegalArgumentException for another; QoS 2 is not supported
   */
  public Message withQos(int level) {
    requireQos(level);
    Draft draft = draft();
    draft.qos = level;
    return draft.message();
  }

  /** Kept by the broker for later subscribers, or not; the fleet's grant has to allow it. */
  public Message withRetained(boolean keep) {
    Draft draft = draft();
    draft.retained = keep;
    return draft.message();
  }

  /**
   * Counts no longer than this. Neither the client nor the broker delivers it later; what it waits
   * here for a connection counts.
   *
   * @param longest 1 s to 2^32 - 1 s; sent in whole seconds, rounded up
   */
  public Message withExpiry(Duration longest) {
    if (longest.compareTo(SECOND) < 0 || longest.compareTo(LONGEST_EXPIRY) > 0) {
      throw new IllegalArgumentException(
          "expiry of " + longest + ": use " + SECOND + " to " + LONGEST_EXPIRY);
    }
    Draft draft = draft();
    draft.expiry = longest;
    return draft.message();
  }

  /** Says what the payload is, usually as a MIME type. */
  public Message withContentType(String type) {
    Topics.requireText("content type", type);
    Draft draft = draft();
    draft.contentType = type;
    return draft.message();
  }

  /** Asks for an answer there. {@link DeviceClient#request} sets it by itself. */
  public Message withResponseTopic(String name) {
    Topics.requireName(name);
    Draft draft = draft();
    draft.responseTopic = name;
    return draft.message();
  }

  /**
   * Has the answer carry these bytes. {@link DeviceClient#request} sets them by itself.
   *
   * @param bytes up to 65,535; copied
   */
  public Message withCorrelationData(byte[] bytes) {
    if (bytes.length > LONGEST_CORRELATION) {
      throw new IllegalArgumentException(
          "correlation data of " + bytes.length + " bytes: use up to " + LONGEST_CORRELATION);
    }
    Draft draft = draft();
    draft.correlationData = bytes.clone();
    return draft.message();
  }

  /** With one more user property, behind those it has. */
  public Message withUserProperty(String name, String value) {
    Topics.requireText("user property name", name);
    Topics.requireText("user property", value);
    Draft draft = draft();
    draft.userProperties = new ArrayList<>(userProperties);
    draft.userProperties.add(new UserProperty(name, value));
    return draft.message();
  }

  /** As the answer to a request: its topic and correlation data are the request's. */
  Message answering(Message request) {
    Draft draft = draft();
    draft.topic = Objects.requireNonNull(request.responseTopic);
    draft.correlationData = request.correlationData;
    return draft.message();
  }

  /** What arrived may hold texts that no {@code with} method takes, and that cannot be encoded. */
  void requireSendable() {
    Topics.requireName(topic);
    if (contentType != null) {
      Topics.requireText("content type", contentType);
    }
    if (responseTopic != null) {
      Topics.requireName(responseTopic);
    }
    for (UserProperty property : userProperties) {
      Topics.requireText("user property name", property.name());
      Topics.requireText("user property", property.value());
    }
  }

  static void requireQos(int qos) {
    if (qos != 0 && qos != 1) {
      throw new IllegalArgumentException("QoS " + qos + " is not supported: use 0 or 1");
    }
  }

  /** Topic, QoS and size; payload and properties may be secrets. */
  @Override
  public String toString() {
    return "Message[" + Printable.of(topic) + ", QoS " + qos + ", " + payload.length + " bytes]";
  }
}
