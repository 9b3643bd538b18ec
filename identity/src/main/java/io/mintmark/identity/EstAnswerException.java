package io.mintmark.identity;

/** The server answered an EST request well, and its answer is not what was asked for. */
public final class EstAnswerException extends EstException {
  private static final long serialVersionUID = 1L;

  /** With the sentence to show and what is wrong with the answer. */
  public EstAnswerException(String message, Throwable cause) {
    super(message, cause);
  }
}
