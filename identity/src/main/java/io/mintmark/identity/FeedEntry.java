package io.mintmark.identity;

/**
 * One message of the feed: its place and exactly one of the five contents; the others are null.
 *
 * @param sequence the place; entries come in rising order, with gaps where a later entry replaced
 *     an earlier one of the same subject
 * @param fleet a fleet's policy, or null
 * @param application an application's policy, or null
 * @param denial a denial, or null
 * @param bundle a bundle, or null
 * @param attributes a device's attributes, or null
 */
public record FeedEntry(
    long sequence,
    FleetPolicy fleet,
    ApplicationPolicy application,
    Denial denial,
    Bundle bundle,
    DeviceAttributes attributes) {

  /**
   * @throws IllegalArgumentException if not exactly one content is given
   */
  public FeedEntry {
    int contents = (fleet == null ? 0 : 1)
        + (application == null ? 0 : 1)
        + (denial == null ? 0 : 1)
        + (bundle == null ? 0 : 1)
        + (attributes == null ? 0 : 1);
    if (contents != 1) {
      throw new IllegalArgumentException(
          "feed entry " + sequence + " holds " + contents + " contents instead of one");
    }
  }

  /**
   * An entry that is not about a device's attributes.
   *
   * @throws IllegalArgumentException if not exactly one content is given
   */
  public FeedEntry(
      long sequence,
      FleetPolicy fleet,
      ApplicationPolicy application,
      Denial denial,
      Bundle bundle) {
    this(sequence, fleet, application, denial, bundle, null);
  }

  /** A device's attributes. */
  public static FeedEntry of(long sequence, DeviceAttributes attributes) {
    return new FeedEntry(sequence, null, null, null, null, attributes);
  }
}
