package io.mintmark.identity;

import java.util.Set;

/**
 * Which MQTT client ids an identity may use: its own name, or, where the fleet allows a device
 * several connections, that name, a separator and any suffix ({@code ${device}:*}). Immutable.
 *
 * <p>The separator is a character no id may hold. With {@code ${device}-*} device {@code a} could
 * connect as {@code a-b}, take over the session of device {@code a-b} and read its queued messages;
 * docs/adr/0003 tells the story.
 *
 * @param template {@code ${device}} or {@code ${device}} followed by a separator and {@code *}
 */
public record ClientIdPattern(String template) {

  private static final String NAME = "${device}";
  private static final String SEPARATORS = ":/@~";
  private static final Set<String> SUFFIXES = Set.of("", ":*", "/*", "@*", "~*");

  /** Client id = device id, and nothing else. Made after the forms it is checked against. */
  public static final ClientIdPattern EXACT = new ClientIdPattern(NAME);

  /**
   * @throws IllegalArgumentException if the template is none of the forms
   */
  public ClientIdPattern {
    if (!template.startsWith(NAME) || !SUFFIXES.contains(template.substring(NAME.length()))) {
      throw new IllegalArgumentException("client id pattern '"
          + Printable.of(template)
          + "' is not valid: use ${device}, or ${device}:* (separator : / @ or ~, which no"
          + " device id can hold, so that no device can use another's client id)");
    }
  }

  /**
   * The device id in front of any separator: which device alone could have used the client id, if any
   * could.
   */
  public static String device(String clientId) {
    for (int i = 0; i < clientId.length(); i++) {
      if (SEPARATORS.indexOf(clientId.charAt(i)) >= 0) {
        return clientId.substring(0, i);
      }
    }
    return clientId;
  }

  /**
   * Whether the identity may connect with this client id. Applications and brokers use their name
   * alone.
   */
  public boolean permits(Identity identity, String clientId) {
    if (clientId.equals(identity.name())) {
      return true;
    }
    if (!(identity instanceof Identity.Device) || !template.endsWith("*")) {
      return false;
    }
    String prefix = identity.name() + template.charAt(NAME.length());
    return clientId.startsWith(prefix) && clientId.length() > prefix.length();
  }
}
