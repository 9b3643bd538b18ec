package io.mintmark.simulators.fault;

/** A fault that holds until it is lifted. Thread-safe. */
public interface Applied extends AutoCloseable {

  /** Lifts it; returns when it holds no more. Repeating it changes nothing. */
  @Override
  void close();
}
