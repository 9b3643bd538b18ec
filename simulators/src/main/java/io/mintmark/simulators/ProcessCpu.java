package io.mintmark.simulators;

import java.io.IOException;
import java.time.Duration;

/** The processor time of processes. */
public final class ProcessCpu {

  private ProcessCpu() {}

  /**
   * What all threads of a process have used since it started, in steps of some milliseconds.
   *
   * @throws IOException if the process has ended or belongs to somebody else
   */
  public static Duration of(ProcessHandle process) throws IOException {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IOException("the processor time of process " + process.pid()
            + " cannot be read: is it running, and yours?"));
  }

  /** What this process has used; nothing where the system does not say. */
  public static Duration ofThisProcess() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
