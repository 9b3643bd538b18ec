package io.mintmark.broker;

import io.mintmark.identity.Rate;

/**
 * How often may be connected. Immutable.
 *
 * @param broker CONNECTs of all clients together
 * @param device CONNECTs with one certificate
 */
public record ConnectRates(Rate broker, Rate device) {

  /** Where nobody chose others: what no healthy fleet reaches. */
  public static final ConnectRates DEFAULT =
      new ConnectRates(Rate.parse("10000/s burst 50000"), Rate.parse("300/m burst 600"));
}
