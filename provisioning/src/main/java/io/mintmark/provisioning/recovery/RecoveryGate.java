package io.mintmark.provisioning.recovery;

import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.sql.RecoveryTable;
import io.mintmark.provisioning.sql.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closed while the registry is older than what it told: then nothing is issued and nothing is called
 * good. Asking costs nothing. Thread-safe.
 */
public final class RecoveryGate {

  private static final Logger LOG = LoggerFactory.getLogger(RecoveryGate.class);
  private static final Duration RETRY = Duration.ofMinutes(1);
  private static final String REMEDY = "an operator has to run 'mintmark recover'";

  private final Registry registry;
  private volatile List<Recovery> recoveries = List.of();

  /** As the registry says. */
  public RecoveryGate(Registry registry) {
    this.registry = registry;
    refresh();
  }

  /** Looks into the registry again, after a change. */
  void refresh() {
    boolean before = isClosed();
    recoveries = registry.read(RecoveryTable::all);
    Optional<Recovery> open = open();
    if (open.isPresent() && !before) {
      LOG.error("NO CERTIFICATE IS ISSUED: {}; {}", open.get().describe(), REMEDY);
    } else if (open.isEmpty() && before) {
      LOG.info("recovered: certificates are issued again");
    }
  }

  /** Whether it is closed. */
  public boolean isClosed() {
    return open().isPresent();
  }

  /**
   * Requires that certificates may be issued.
   *
   * @throws Refusal LATER if not
   */
  public void requireOpen() throws Refusal {
    Optional<Recovery> open = open();
    if (open.isPresent()) {
      throw new Refusal(
          Refusal.Kind.LATER,
          "no certificate is issued now: " + open.get().describe() + "; " + REMEDY,
          RETRY);
    }
  }

  Optional<Recovery> open() {
    return recoveries.stream().filter(Recovery::isOpen).findFirst();
  }

  /** Whether a certificate that begins to be valid then may have been issued and lost. */
  boolean mayHaveLost(Instant notBefore) {
    return recoveries.stream().anyMatch(r -> r.mayHaveIssued(notBefore));
  }

  /** Whether a recovery was done after that. */
  boolean doneSince(Instant instant) {
    return recoveries.stream().anyMatch(r -> !r.isOpen() && r.doneAt().isAfter(instant));
  }
}
