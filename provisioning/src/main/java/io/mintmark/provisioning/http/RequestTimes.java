package io.mintmark.provisioning.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Holds slow clients to their time: an answer must be taken, and the next request be there whole,
 * before a deadline. A trickle does not help, as it would against an idle timeout or a rate that was
 * met at first. Thread-safe.
 */
final class RequestTimes extends Handler.Wrapper {

  private final ConnectionGate gate;
  private final Duration response;

  /**
   * @param response from the first byte of the answer to the last
   */
  RequestTimes(ConnectionGate gate, Duration response) {
    this.gate = gate;
    this.response = response;
  }

  @Override
  public boolean handle(Request request, Response answer, Callback callback) throws Exception {
    ClientConnection connection = gate.of(request);
    if (connection == null) {
      return super.handle(request, answer, callback);
    }
    Request.addCompletionListener(request, failure -> gate.awaitRequest(connection));
    return super.handle(request, new Timed(request, answer, connection), callback);
  }

  private final class Timed extends Response.Wrapper {
    private final ClientConnection connection;
    private boolean begun;

    private Timed(Request request, Response answer, ClientConnection connection) {
      super(request, answer);
      this.connection = connection;
    }

    @Override
    public void write(boolean last, ByteBuffer bytes, Callback callback) {
      if (!begun) {
        begun = true;
        connection.expect("answer not taken", response);
      }
      super.write(last, bytes, callback);
    }
  }
}
