package io.mintmark.provisioning.recovery;

import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.sql.Transaction;

/** The end of a CA, as far as it is decided here. */
@FunctionalInterface
public interface CaEnd {
  /**
   * Revokes a CA that is not in use, for a reason nobody knows.
   *
   * @param remark for the audit log
   * @return how many certificates ended with it
   */
  int revoke(Transaction tx, Issuer issuer, String actor, String remark);
}
