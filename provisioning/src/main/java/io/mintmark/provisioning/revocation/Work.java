package io.mintmark.provisioning.revocation;

import io.mintmark.provisioning.sql.Transaction;
import org.jdbi.v3.core.Handle;

/** What a run has to do, in pieces of any size; what is done is not found again. */
interface Work {

  /**
   * A piece of work that was done.
   *
   * @param done how many of what the run counts
   * @param certificates how many certificates changed
   * @param position of the last one done; the next piece begins after it
   */
  record Piece(int done, int certificates, String position) {}

  /** How many there are to do. */
  long count(Handle handle);

  /**
   * Does some more.
   *
   * @param after a position; empty for the start
   * @param most at most so many
   * @return null if there is nothing to do after that position
   */
  Piece next(Transaction tx, RevocationRun run, String after, int most);
}
