package io.mintmark.provisioning;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The one domain error: a request that was understood and is not granted. Its message is for the
 * client: one printable line that says what was wrong with which value and, where it helps, what to
 * do. It never holds a secret.
 */
public final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  /** What the caller should make of it; the HTTP status belonging to each is http's affair. */
  public enum Kind {
    /** The request itself is wrong: repeating it unchanged will not help. */
    INVALID,
    /** Who asks may not have this. */
    FORBIDDEN,
    /** What the request names does not exist. */
    NOT_FOUND,
    /** The request does not fit the present state. */
    CONFLICT,
    /** Nothing is wrong with it, but not now. */
    LATER,
    /** Nothing is wrong with it but that there were others before: after a time, yes. */
    TOO_MANY,
    /** Somebody has yet to decide: the same request again, later, will be answered. */
    PENDING,
    /** We have forgotten what the caller may remember: it should tell first, then ask again. */
    FIRST_TELL
  }

  private final Kind kind;
  private final transient List<String> details;
  private final Duration retryAfter;

  /** A refusal without details. */
  public Refusal(Kind kind, String message) {
    this(kind, message, List.of(), null);
  }

  /**
   * @param kind what the caller should make of it
   * @param message one printable line
   * @param details further lines, for example one per bad line of a manifest
   */
  public Refusal(Kind kind, String message, List<String> details) {
    this(kind, message, details, null);
  }

  /**
   * @param kind LATER, TOO_MANY or PENDING
   * @param message one printable line
   * @param retryAfter when asking again may help, in whole seconds
   */
  public Refusal(Kind kind, String message, Duration retryAfter) {
    this(kind, message, List.of(), retryAfter);
  }

  /**
   * Somebody asks more often than a limit allows.
   *
   * @param why who does, for example {@code 'x' asks too often}
   * @param seconds after which the same request is not too much
   */
  public static Refusal tooMany(String why, long seconds) {
    return new Refusal(
        Kind.TOO_MANY, why + ": try again in " + seconds + "s", Duration.ofSeconds(seconds));
  }

  private Refusal(Kind kind, String message, List<String> details, Duration retryAfter) {
    super(message);
    this.kind = kind;
    this.details = List.copyOf(details);
    this.retryAfter = retryAfter;
  }

  /** What the caller should make of it. */
  public Kind kind() {
    return kind;
  }

  /** Further lines; empty when the message says it all. */
  public List<String> details() {
    return details;
  }

  /** When asking again may help; empty if nothing is known about it. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
