package io.mintmark.device;

/**
 * Answers the requests of a topic filter. Called like a {@link MessageHandler}: on the client's one
 * callback thread, one after the other. {@link AsyncReplyHandler} is for answers that take long.
 */
@FunctionalInterface
public interface ReplyHandler {

  /**
   * Fulfils one request.
   *
   * @param request may name no response topic; then nobody waits for the answer and it is dropped
   * @return {@link Message#answer}, with what else it is to have; {@link Message#error} if the
   *     request cannot be fulfilled; null to send nothing
   * @throws Exception is answered with an error that tells nothing of it, and reported to {@link
   *     DeviceListener#handlerFailed}
   */
  Message answer(Message request) throws Exception;
}
