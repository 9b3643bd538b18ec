package io.mintmark.broker;

import java.io.IOException;

/** The service cannot make anything of a report; sending it again is of no use. */
final class UselessReportException extends IOException {

  private static final long serialVersionUID = 1L;

  UselessReportException(String message) {
    super("the service cannot use the report: " + message);
  }
}
