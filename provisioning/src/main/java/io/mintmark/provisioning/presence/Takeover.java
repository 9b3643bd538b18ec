package io.mintmark.provisioning.presence;

import java.util.Objects;

/**
 * A connection lost its client id to another one with the same certificate.
 *
 * @param connection one of the two; its time is when it happened
 * @param from where the client id was
 * @param to where it went
 */
record Takeover(Connection connection, Place from, Place to) {

  /**
   * Where a connection is, as far as that can be told from here.
   *
   * @param broker at which broker
   * @param address from where; null if that is not known
   */
  record Place(String broker, String address) {
    @Override
    public String toString() {
      return Objects.requireNonNullElse(address, "somewhere") + " at broker " + broker;
    }
  }

  boolean isBack(Takeover before) {
    return from.equals(before.to) && to.equals(before.from) && !from.equals(to);
  }

  /** Told twice it is one all the same. */
  boolean isSame(Takeover other) {
    return connection.number() == other.connection.number()
        && from.equals(other.from)
        && to.equals(other.to);
  }
}
