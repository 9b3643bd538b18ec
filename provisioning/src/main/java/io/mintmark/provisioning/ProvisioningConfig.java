package io.mintmark.provisioning;

import io.mintmark.identity.TrustDomain;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * What the provisioning service is told when it starts.
 *
 * @param data the data folder; made and filled when it is empty
 * @param trustDomain the installation's name for an empty folder, null for {@code mintmark.local};
 *     for a folder that has one it must be the same, or null
 * @param hosts DNS names and IP addresses of the service, put into its own certificate; the first
 *     is used in URLs. Null or empty for {@code localhost} and {@code 127.0.0.1}
 * @param bindAddress the address all ports listen on, null for all
 * @param devicePort HTTPS for devices and brokers; 0 for a free one
 * @param operatorPort HTTPS for operators; 0 for a free one
 * @param statusPort HTTP for CRLs and OCSP; 0 for a free one, {@link #NO_PORT} for none
 * @param passphraseFile the file whose first line opens the CA keys; null for the environment
 *     variable MINTMARK_PASSPHRASE or, without it, a generated one in the data folder
 * @param settings the file of {@link ServiceSettings}, null for {@code service.yaml} in the data
 *     folder, which need not be there
 * @param clock what time it is, null for the system's
 */
public record ProvisioningConfig(
    Path data,
    TrustDomain trustDomain,
    List<String> hosts,
    String bindAddress,
    int devicePort,
    int operatorPort,
    int statusPort,
    Path passphraseFile,
    Path settings,
    Clock clock) {

  /** In place of a port: do not listen. */
  public static final int NO_PORT = -1;

  /** Puts the defaults in. */
  public ProvisioningConfig {
    hosts =
        hosts == null || hosts.isEmpty() ? List.of("localhost", "127.0.0.1") : List.copyOf(hosts);
  }
}
