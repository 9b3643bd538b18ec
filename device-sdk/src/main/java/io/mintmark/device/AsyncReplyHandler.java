package io.mintmark.device;

import java.util.concurrent.CompletionStage;

/**
 * Answers the requests of a topic filter, each when it is ready. Called on the client's one callback
 * thread; what it returns may be completed on any thread, in any order. How many it takes on at a
 * time is its own affair.
 */
@FunctionalInterface
public interface AsyncReplyHandler {

  /**
   * Begins to fulfil one request. One of QoS 1 is acknowledged when this returns: if the device
   * stops before the answer is there, there is none.
   *
   * @param request as for {@link ReplyHandler#answer}
   * @return completed with the answer, or with null to send nothing; a failure is treated as an
   *     exception
   * @throws Exception as for {@link ReplyHandler#answer}
   */
  CompletionStage<Message> answer(Message request) throws Exception;
}
