package io.mintmark.simulators;

import java.io.IOException;
import java.time.Duration;

/** A provisioning service in a process of its own, so that its processor time can be told. */
public interface MeasuredService extends EnrolmentService {

  /**
   * What the service says of itself.
   *
   * @param java version of the JDK it runs on
   * @param signatures the JCA provider that makes its ECDSA signatures
   * @param journal SQLite's journal mode, for example {@code wal}
   * @param synchronous SQLite's synchronous mode, for example {@code full}: synced at each commit
   */
  record Facts(String java, String signatures, String journal, String synchronous) {}

  /** What reports call it, for example {@code stock}. */
  String label();

  /** What it runs on. */
  Facts facts();

  /** The processor time its process has used since it started, all threads. */
  Duration cpuTime() throws IOException;
}
