package io.mintmark.simulators.results;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A page that needs nothing but itself: no script, no font, no request. Its own policy forbids them,
 * so that not even a slip in escaping could bring one in.
 */
final class Page {

  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
          + " base-uri 'none'; form-action 'none'";
  private static final String STYLE = style();

  /** An empty one, so that no browser looks for one. */
  private static final String ICON = "data:,";

  private Page() {}

  /** The whole page. */
  static String of(String title, Html body) {
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="%s">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <link rel="icon" href="%s">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        %s</main>
        </body>
        </html>
        """.formatted(POLICY, ICON, Html.escaped(title), STYLE, body);
  }

  private static String style() {
    try (InputStream style = Page.class.getResourceAsStream("report.css")) {
      return new String(style.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("report.css is not in this jar", e);
    }
  }
}
