package io.mintmark.provisioning.limits;

import io.mintmark.identity.Printable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.bouncycastle.util.IPAddress;

/** Addresses that begin with the same bits: {@code 10.1.0.0/16}, {@code ::1}. Immutable. */
public final class AddressBlock {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

  private final String text;
  private final byte[] first;
  private final int prefix;

  private AddressBlock(String text, byte[] first, int prefix) {
    this.text = text;
    this.first = first;
    this.prefix = prefix;
  }

  /**
   * Reads an address with or without a prefix length.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static AddressBlock parse(String text) {
    String[] parts = text.split("/", 2);
    if (IPAddress.isValid(parts[0])) {
      byte[] first = bytes(parts[0]);
      int longest = first.length * Byte.SIZE;
      boolean whole = parts.length == 1;
      int prefix =
          whole ? longest : NUMBER.matcher(parts[1]).matches() ? Integer.parseInt(parts[1]) : -1;
      if (prefix >= 0 && prefix <= longest) {
        return new AddressBlock(text, first, prefix);
      }
    }
    throw new IllegalArgumentException("'" + Printable.of(text)
        + "' is not an address or block of addresses: write it as 10.1.0.0/16 or ::1");
  }

  /** It is known to be an address, so no name server is asked. */
  private static byte[] bytes(String literal) {
    try {
      return InetAddress.getByName(literal).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address is no name", e);
    }
  }

  /** Whether the address is in it. */
  public boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != first.length) {
      return false;
    }
    int whole = prefix / Byte.SIZE;
    int rest = Byte.SIZE - prefix % Byte.SIZE;
    return Arrays.equals(first, 0, whole, other, 0, whole)
        && (rest == Byte.SIZE || (first[whole] & 0xff) >> rest == (other[whole] & 0xff) >> rest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressBlock block && block.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
