package io.mintmark.simulators.attack;

import io.mintmark.identity.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server said to one request, or to what it took for several.
 *
 * @param status of the first answer; 0 if there was none
 * @param head status line and headers of the first answer
 * @param body all that came after
 * @param answers how many answers began
 */
record HttpAnswer(int status, String head, byte[] body, int answers) {

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
  private static final Pattern ANSWER = Pattern.compile("(?:^|\n)HTTP/1\\.[01] \\d{3}");
  private static final int LONGEST_HEAD = 16_384;
  private static final int LONGEST = 1 << 20;

  /** Reads until the server closes; a timeout after the first answer ends it too. */
  static HttpAnswer all(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      byte[] buffer = new byte[8_192];
      for (int n = in.read(buffer); n >= 0 && bytes.size() < LONGEST; n = in.read(buffer)) {
        bytes.write(buffer, 0, n);
      }
    } catch (IOException e) {
      if (bytes.size() == 0) {
        throw e;
      }
    }
    String text = bytes.toString(StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    String head = end < 0 ? text : text.substring(0, end);
    byte[] body =
        end < 0 ? new byte[0] : text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
    return new HttpAnswer(
        status(head), head, body, (int) ANSWER.matcher(text).results().count());
  }

  /** Reads one answer's head and nothing after it. */
  static HttpAnswer head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0 && head.length() < LONGEST_HEAD) {
      int next = in.read();
      if (next < 0) {
        throw new java.io.EOFException("closed before an answer");
      }
      head.append((char) next);
    }
    return new HttpAnswer(status(head.toString()), head.toString().strip(), new byte[0], 1);
  }

  private static int status(String head) {
    Matcher status = STATUS.matcher(head);
    return status.lookingAt() ? Integer.parseInt(status.group(1)) : 0;
  }

  /** The body as text, a line of it. */
  String text() {
    String text = new String(body, StandardCharsets.UTF_8).strip();
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end).strip();
    return Printable.of(line.length() > 140 ? line.substring(0, 140) + "..." : line);
  }

  boolean said(String words) {
    return new String(body, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT).contains(words);
  }

  /** Held if the status is one of these; a success is a leak; all else proves nothing. */
  Verdict refused(Integer... statuses) {
    if (status >= 200 && status < 300) {
      return Verdict.leak(toString());
    }
    return List.of(statuses).contains(status)
        ? Verdict.held(toString())
        : Verdict.unproven(this + ", expected " + List.of(statuses));
  }

  @Override
  public String toString() {
    if (status == 0) {
      return "closed without an answer";
    }
    String text = status >= 400 ? text() : "";
    return status + (text.isEmpty() ? "" : " " + text);
  }
}
