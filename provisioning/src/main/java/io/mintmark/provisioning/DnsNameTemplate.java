package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import java.util.regex.Pattern;

/**
 * A DNS name every device of a fleet gets in its certificate, with {@code ${device}} and {@code
 * ${fleet}} standing for its own (RFC 5280, section 4.2.1.6: preferred name syntax). Immutable.
 *
 * <p>Device ids are compared exactly and DNS names are not, and a device id may hold a dot, which in
 * a DNS name separates labels. A device whose id is more than part of one lower-case label is
 * therefore refused and not rewritten: {@code D1} would get the name of {@code d1}, and {@code
 * a.pumps} in {@code ${device}.example.org} the name of device {@code a} of another fleet.
 *
 * @param text as the YAML has it
 */
public record DnsNameTemplate(String text) {

  private static final String DEVICE = "${device}";
  private static final String FLEET = "${fleet}";

  private static final Pattern DNS_NAME = Pattern.compile(
      "(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern ALL_NUMERIC_END = Pattern.compile("(.*\\.)?[0-9]+");
  private static final Pattern PART_OF_A_LABEL = Pattern.compile("[a-z0-9-]+");

  /**
   * Checks the template on a device that could exist.
   *
   * @throws IllegalArgumentException if no device would get a DNS name of its own by it
   */
  public DnsNameTemplate {
    if (!text.contains(DEVICE)) {
      throw new IllegalArgumentException("DNS name '"
          + Printable.of(text)
          + "' would be the same for every device: put ${device} into it");
    }
    String sample = substitute(text, "d", "f");
    if (sample.contains("$")) {
      throw new IllegalArgumentException("DNS name '"
          + Printable.of(text)
          + "' names another variable than ${device} and ${fleet}");
    }
    if (!isDnsName(sample)) {
      throw new IllegalArgumentException("DNS name '"
          + Printable.of(text)
          + "' is not valid: use lower-case labels of a-z 0-9 -, as in ${device}.example.org");
    }
  }

  /**
   * The name of one device.
   *
   * @throws Refusal FORBIDDEN if the template makes no DNS name of its id
   */
  String resolve(Identity.Device of) throws Refusal {
    DeviceId device = of.device();
    FleetId fleet = of.fleet();
    String name = substitute(text, device.value(), fleet.value());
    if (!PART_OF_A_LABEL.matcher(device.value()).matches() || !isDnsName(name)) {
      throw new Refusal(
          Refusal.Kind.FORBIDDEN,
          "device id '"
              + device
              + "' makes no DNS name in '"
              + text
              + "', which fleet '"
              + fleet
              + "' asks for: an id of at most 63 of a-z 0-9 - is needed, or a fleet without"
              + " dns-names");
    }
    return name;
  }

  private static String substitute(String text, String device, String fleet) {
    return text.replace(DEVICE, device).replace(FLEET, fleet);
  }

  /** A last label of digits alone would read as an IPv4 address. */
  private static boolean isDnsName(String name) {
    return DNS_NAME.matcher(name).matches() && !ALL_NUMERIC_END.matcher(name).matches();
  }
}
