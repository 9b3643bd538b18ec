package io.mintmark.provisioning.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8, 127.255.1.2, true",
    "127.0.0.0/8, 128.0.0.1, false",
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3, 10.1.2.4, false",
    "10.1.2.128/25, 10.1.2.200, true",
    "10.1.2.128/25, 10.1.2.127, false",
    "0.0.0.0/0, 9.9.9.9, true",
    "0.0.0.0/0, ::1, false",
    "::1, ::1, true",
    "::1, ::2, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::/0, 127.0.0.1, false"
  })
  void knowsWhatIsInIt(String block, String address, boolean in) throws UnknownHostException {
    assertThat(AddressBlock.parse(block).contains(InetAddress.getByName(address)))
        .isEqualTo(in);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.1",
        "10.1.2.3/33",
        "10.1.2.3/-1",
        "10.1.2.3/",
        "::1/129",
        "10.0.0.0/255.0.0.0",
        "/8"
      })
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> AddressBlock.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is not an address or block of addresses");
  }

  @Test
  void aClientWithAnIpv6NetworkIsOneClient() throws UnknownHostException {
    ClientAddress one = ClientAddress.of(InetAddress.getByName("2001:db8:1:2::1"));
    assertThat(ClientAddress.of(InetAddress.getByName("2001:db8:1:2:ffff::9"))).isEqualTo(one);
    assertThat(ClientAddress.of(InetAddress.getByName("2001:db8:1:3::1"))).isNotEqualTo(one);
    assertThat(ClientAddress.of(InetAddress.getByName("10.0.0.1")))
        .isNotEqualTo(ClientAddress.of(InetAddress.getByName("10.0.0.2")));
  }
}
