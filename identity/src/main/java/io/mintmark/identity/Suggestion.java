package io.mintmark.identity;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The word somebody probably meant. */
public final class Suggestion {

  /** One slip for each so many letters is still the same word. */
  private static final int LETTERS_PER_SLIP = 3;

  private Suggestion() {}

  /** The nearest of the known words, if it is near enough. */
  public static Optional<String> of(String word, List<String> known) {
    String lower = lower(word).replace('_', '-');
    int slips = Math.max(1, word.length() / LETTERS_PER_SLIP);
    return known.stream()
        .filter(candidate -> Math.abs(candidate.length() - word.length()) <= slips)
        .min(Comparator.comparingInt(candidate -> distance(lower, lower(candidate))))
        .filter(nearest -> distance(lower, lower(nearest)) <= slips);
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  /** Levenshtein's distance, with a swap of neighbours as one slip. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int substitution = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(substitution, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
