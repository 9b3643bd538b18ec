package io.mintmark.identity;

/**
 * One message of the feed: its place and exactly one of the four contents; the other three are
 * null.
 *
 * @param sequence the place; entries come in rising order, with gaps where a later entry replaced
 *     an earlier one of the same subject
 * @param fleet a fleet's policy, or null
 * @param application an application's policy, or null
 * @param denial a denial, or null
 * @param bundle a bundle, or null
 */
public record FeedEntry(
    long sequence, FleetPolicy fleet, ApplicationPolicy application, Denial denial, Bundle bundle) {

  /**
   * @throws IllegalArgumentException if not exactly one content is given
   */
  public FeedEntry {
    int contents = (fleet == null ? 0 : 1)
        + (application == null ? 0 : 1)
        + (denial == null ? 0 : 1)
        + (bundle == null ? 0 : 1);
    if (contents != 1) {
      throw new IllegalArgumentException(
          "feed entry " + sequence + " holds " + contents + " contents instead of one");
    }
  }
}
