package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;

/**
 * Which devices are asked for.
 *
 * @param fleet only of this fleet; null for all
 * @param state only in this state; null for all
 * @param connected only those that are connected now
 * @param cloned only those that show signs of a clone
 */
public record DeviceFilter(FleetId fleet, DeviceState state, boolean connected, boolean cloned) {

  /** Connected or not, cloned or not. */
  public DeviceFilter(FleetId fleet, DeviceState state) {
    this(fleet, state, false, false);
  }
}
