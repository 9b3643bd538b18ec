package io.mintmark.provisioning.audit;

/**
 * Something that is wrong with an audit log.
 *
 * @param kind what
 * @param from the first sequence it is about
 * @param to the last
 * @param text one line for people
 */
public record Finding(Kind kind, long from, long to, String text) {

  /** What can be wrong. */
  public enum Kind {
    /** A row's content or its hash is another than it was. */
    CHANGED,
    /** Rows are not there. */
    REMOVED,
    /** Rows are there that were not written where they stand. */
    INSERTED,
    /** A row stands where another was. */
    MOVED,
    /** The end of the log is not there: a checkpoint has signed more. */
    CUT_OFF,
    /** A row is not the one a checkpoint signed. */
    REWRITTEN,
    /** A checkpoint is not there, or not signed by a CA that is trusted. */
    CHECKPOINT
  }

  /** "row 7" or "rows 7 to 9". */
  static String rows(long from, long to) {
    return from == to ? "row " + from : "rows " + from + " to " + to;
  }
}
