package io.mintmark.provisioning.limits;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Where a client comes from, as far as limits tell clients apart: an IPv4 address, or the first 64
 * bits of an IPv6 address, because whoever has one of those has the whole network behind it (RFC
 * 4291, section 2.5.4).
 *
 * @param v6 whether it is an IPv6 network
 * @param bits the address, or the network
 */
public record ClientAddress(boolean v6, long bits) {

  /** Of a client's address. */
  public static ClientAddress of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address
        ? new ClientAddress(true, bytes.getLong())
        : new ClientAddress(false, bytes.getInt());
  }
}
