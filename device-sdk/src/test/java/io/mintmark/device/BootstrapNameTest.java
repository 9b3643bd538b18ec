package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.testing.HeldCertificate;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;

class BootstrapNameTest {

  private static java.util.Optional<DeviceId> of(String subject) {
    return BootstrapName.of(
        HeldCertificate.builder().subject(new X500Name(subject)).build().certificate());
  }

  @Test
  void theSerialNumberAttributeIsTheDevice() {
    assertThat(of("CN=Model T, O=Maker, SERIALNUMBER=d-1")).contains(new DeviceId("d-1"));
    assertThat(of("SERIALNUMBER=d-1, CN=other")).contains(new DeviceId("d-1"));
  }

  @Test
  void elseTheCommonName() {
    assertThat(of("CN=d-1, O=Maker")).contains(new DeviceId("d-1"));
    assertThat(of("CN=d-1, SERIALNUMBER=not an id")).contains(new DeviceId("d-1"));
  }

  @Test
  void elseNothing() {
    assertThat(of("CN=Model T, O=Maker")).isEmpty();
    assertThat(of("O=d-1")).isEmpty();
  }
}
