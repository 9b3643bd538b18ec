package io.mintmark.simulators;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** The devices that go along with a change of CAs. */
public interface RollingFleet {

  /** How many there are. */
  int size();

  /** How many are connected by a certificate of this issuing CA. */
  long renewedBy(X509Certificate issuing);

  /** The names of those that trust a root. */
  List<String> trusting(X509Certificate root) throws IOException;

  /** Devices on the SDK. */
  static RollingFleet of(List<VirtualDevice> devices) {
    return new RollingFleet() {
      @Override
      public int size() {
        return devices.size();
      }

      @Override
      public long renewedBy(X509Certificate issuing) {
        return devices.stream()
            .filter(VirtualDevice::isConnected)
            .map(device -> device.credential().certificate().getIssuerX500Principal())
            .filter(issuing.getSubjectX500Principal()::equals)
            .count();
      }

      @Override
      public List<String> trusting(X509Certificate root) throws IOException {
        List<String> names = new ArrayList<>();
        for (VirtualDevice device : devices) {
          if (device.trusted().contains(root)) {
            names.add(device.id().value());
          }
        }
        return names;
      }
    };
  }
}
