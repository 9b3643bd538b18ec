package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class SourceAddressesTest {

  private final SourceAddresses sources = new SourceAddresses();

  @Test
  @EnabledOnOs(OS.LINUX)
  void connectionsToThisMachineComeFromManyAddressesOfIt() throws Exception {
    Set<String> used = new HashSet<>();
    for (int i = 0; i < 32; i++) {
      InetSocketAddress from = sources.next(to(127, 0, 0, 1));
      assertThat(from.getAddress().isLoopbackAddress()).isTrue();
      used.add(from.getAddress().getHostAddress());
    }
    assertThat(used).hasSize(16).doesNotContain("127.0.0.1");
  }

  @Test
  void thoseToOthersAreLeftToTheSystem() throws Exception {
    assertThat(sources.next(to(192, 0, 2, 1))).isNull();
    assertThat(sources.next(to(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))).isNull();
  }

  private static InetSocketAddress to(int... address) throws UnknownHostException {
    byte[] bytes = new byte[address.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) address[i];
    }
    return new InetSocketAddress(InetAddress.getByAddress(bytes), 8883);
  }
}
