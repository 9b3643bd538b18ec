package io.mintmark.provisioning.recovery;

import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.sql.Registry;

/** Writes a transaction that may change the CAs, and has the change take effect. */
@FunctionalInterface
public interface CaWriter {
  /**
   * As {@link Registry#write}.
   *
   * @throws Refusal of the change; CONFLICT if a key or the data folder cannot be used, when the
   *     change is written
   */
  RecoveryReport write(Registry.Change<RecoveryReport, Refusal> change) throws Refusal;
}
