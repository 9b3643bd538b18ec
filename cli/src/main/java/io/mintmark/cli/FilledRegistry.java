package io.mintmark.cli;

import io.mintmark.identity.Validity;
import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.CertificateState;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Registry;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A data folder of an installation that has issued many certificates, as far as its registry knows:
 * for measuring what grows with them. Nobody has their keys.
 *
 * @param issuer the CA they are of
 * @param good serial numbers of those that are good
 */
record FilledRegistry(Issuer issuer, List<BigInteger> good) {

  private static final int SERIAL_BITS = 127;
  private static final int BATCH = 10_000;
  private static final Duration LIFETIME = Duration.ofDays(7);

  /** Makes the installation and fills it. */
  static FilledRegistry make(Path data, int good, int revoked) throws StartException {
    Provisioning.open(new ProvisioningConfig(
            data,
            null,
            null,
            "127.0.0.1",
            0,
            0,
            ProvisioningConfig.NO_PORT,
            null,
            null,
            Clock.systemUTC()))
        .close();
    try (Registry registry = Registry.open(data.resolve("registry.db"))) {
      Issuer issuer = new Hierarchy(registry.read(IssuerTable::all)).active();
      fill(registry, issuer, revoked, CertificateState.REVOKED);
      return new FilledRegistry(issuer, fill(registry, issuer, good, CertificateState.ISSUED));
    }
  }

  private static List<BigInteger> fill(
      Registry registry, Issuer issuer, int count, CertificateState state) {
    SecureRandom random = new SecureRandom();
    Instant now = Instant.now();
    List<BigInteger> serials = new ArrayList<>();
    while (serials.size() < count) {
      int batch = Math.min(BATCH, count - serials.size());
      serials.addAll(registry.write(tx -> {
        List<BigInteger> made = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
          BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
          made.add(serial);
          CertificateTable.reserve(
              tx,
              new CertificateRecord(
                  serial,
                  "simulated:" + serial.toString(16),
                  "",
                  new Validity(now, now.plus(LIFETIME)),
                  CertificateState.RESERVED,
                  new byte[0],
                  now,
                  issuer.id()));
          CertificateTable.issued(tx, serial, new byte[0]);
          if (state == CertificateState.REVOKED) {
            CertificateTable.end(tx, serial, state, "keyCompromise", now);
          }
        }
        return made;
      }));
    }
    return serials;
  }
}
