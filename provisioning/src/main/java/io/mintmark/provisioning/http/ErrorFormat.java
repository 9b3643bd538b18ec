package io.mintmark.provisioning.http;

import java.util.List;

/** How a port words its errors. */
enum ErrorFormat {
  /** One line of text, for devices and shell scripts (RFC 7030, section 4.2.3). */
  TEXT("text/plain; charset=utf-8") {
    @Override
    String body(String error, List<String> details) {
      return error + "\n";
    }
  },
  /** {@code {"error": "...", "details": ["..."]}}, details left out when there are none. */
  JSON("application/json") {
    @Override
    String body(String error, List<String> details) {
      return Json.text(new Problem(error, details.isEmpty() ? null : details));
    }
  };

  private record Problem(String error, List<String> details) {}

  private final String contentType;

  ErrorFormat(String contentType) {
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }

  abstract String body(String error, List<String> details);
}
