package io.mintmark.simulators;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * Where connections to this machine come from. One address has some 28,000 ports, and each is out of
 * use for a minute after its connection was closed (RFC 9293, section 3.6.1): more than 470 connections
 * a second wait for ports instead of the broker. Linux takes all of 127.0.0.0/8 for itself, so there they
 * come from several addresses by turns. Not thread-safe.
 */
public final class SourceAddresses {

  private static final int MANY = 16;
  private static final boolean LINUX =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");

  private int turn;

  /** The next one for a connection to there; null to leave it to the system. */
  public InetSocketAddress next(InetSocketAddress to) {
    byte[] address = to.getAddress().getAddress();
    if (!LINUX || address.length != 4 || !to.getAddress().isLoopbackAddress()) {
      return null;
    }
    turn = (turn + 1) % MANY;
    address[3] += (byte) (turn + 1);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), 0);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
