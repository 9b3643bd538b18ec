package io.mintmark.provisioning.audit;

import java.io.IOException;
import java.security.cert.X509Certificate;

/**
 * Takes in an audit log in this order: where it begins, the CAs' certificates, the checkpoints,
 * the rows. Implementations belong to one thread.
 */
public interface AuditSink {

  /**
   * The first call.
   *
   * @param after the sequence of the row before the first to come; 0 if that is the first of all
   * @param hash that row's
   */
  void begin(long after, ChainHash hash) throws IOException;

  /** A certificate of a CA, of those there are or were. */
  void certificate(X509Certificate ca) throws IOException;

  /** A checkpoint, in rising order. */
  void checkpoint(Checkpoint checkpoint) throws IOException;

  /** A row, in rising order if nothing is wrong. */
  void row(AuditRow row) throws IOException;
}
