package io.mintmark.provisioning.recovery;

import java.time.Instant;
import java.util.List;

/**
 * How a recovery stands, or what it did. Ready for JSON.
 *
 * @param state {@code open} if nothing is to be recovered, else {@code closed}
 * @param cause why it was closed; null if it is not
 * @param lostFrom what was told after this may be lost; null if nothing was
 * @param brokers who has told what it remembers
 * @param missing known brokers that have not
 * @param replayed what was taken in by this request; null if it only asked
 */
public record RecoveryReport(
    String state,
    String cause,
    Instant lostFrom,
    List<Told> brokers,
    List<String> missing,
    Replayed replayed) {

  /**
   * A broker that told what it remembers.
   *
   * @param name its name
   * @param sequence how far it had read
   * @param newer whether that is not what this registry has told
   * @param denials how many denials it remembers that are not replayed
   */
  public record Told(String name, long sequence, boolean newer, int denials) {}

  /**
   * What was taken in.
   *
   * @param devicesRevoked devices that are revoked now
   * @param devicesSuspended devices that are suspended now
   * @param certificatesEnded certificates known before that are revoked or superseded now
   * @param certificatesUnknown serial numbers that were not known and are revoked or superseded
   * @param casRevoked CAs that are revoked now, in words
   * @param differences where brokers know another policy, bundle, CA or device, a line each
   */
  public record Replayed(
      int devicesRevoked,
      int devicesSuspended,
      int certificatesEnded,
      int certificatesUnknown,
      List<String> casRevoked,
      List<String> differences) {}
}
