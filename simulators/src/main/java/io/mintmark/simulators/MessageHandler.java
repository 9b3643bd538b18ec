package io.mintmark.simulators;

/** Takes what arrives for an application. Called on the connection's own thread: be quick. */
@FunctionalInterface
public interface MessageHandler {

  /** One message. */
  void message(String topic, byte[] payload);
}
