package io.mintmark.device;

/**
 * What to do with messages of a subscription. Called on the client's one callback thread, one
 * message after the other in the order of arrival. It may block, and may publish and wait for the
 * result; only the callbacks behind it wait with it.
 */
@FunctionalInterface
public interface MessageHandler {

  /**
   * Handles one message. A message of QoS 1 is acknowledged to the broker after this returns or
   * throws.
   *
   * @throws Exception is reported to {@link DeviceListener#handlerFailed} and changes nothing else
   */
  void received(Message message) throws Exception;
}
