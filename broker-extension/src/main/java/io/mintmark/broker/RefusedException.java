package io.mintmark.broker;

/** A CONNECT is refused. Carries no stack trace: it is an answer, not a fault. */
final class RefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  /**
   * @param detail for the log: the value that decided; printable
   */
  RefusedException(Refusal refusal, String detail) {
    super(detail, null, false, false);
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
