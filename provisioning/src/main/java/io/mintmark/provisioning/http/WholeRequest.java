package io.mintmark.provisioning.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Has the whole body in memory, within its limit, before a route sees the request: a client that
 * sends slowly holds a connection and what it has sent, no thread and no place among those that are
 * worked on. One that is not there in time is answered with 408. Jetty's EagerContentHandler does
 * nearly the same, but keeps the buffers bytes came in, and a client can make each of them hold one
 * byte. Thread-safe.
 */
final class WholeRequest extends Handler.Wrapper {

  /** Each further so many bytes have the time of a request anew: manifests may be long. */
  private static final int PIECE = 1024 * 1024;

  private final ConnectionGate gate;
  private final EarlyAnswer early;
  private final int mostBytes;

  /**
   * @param mostBytes one more is answered with 413
   */
  WholeRequest(ConnectionGate gate, EarlyAnswer early, int mostBytes) {
    this.gate = gate;
    this.early = early;
    this.mostBytes = mostBytes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (request.getLength() > mostBytes) {
      tooLong(request, response, callback);
      return true;
    }
    if (request.getLength() == 0) {
      arrived(request);
      return super.handle(request, response, callback);
    }
    Arriving arriving = new Arriving(request, response, callback);
    arriving.orElseLate();
    arriving.run();
    return true;
  }

  private void arrived(Request request) {
    ClientConnection connection = gate.of(request);
    if (connection != null) {
      connection.met();
    }
  }

  private void tooLong(Request request, Response response, Callback callback) {
    early.write(
        request,
        response,
        callback,
        HttpStatus.PAYLOAD_TOO_LARGE_413,
        "the body is longer than " + mostBytes + " bytes");
  }

  private void incomplete(
      Request request, Response response, Callback callback, Throwable failure) {
    if (failure instanceof TimeoutException) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
      early.counted(
          request,
          response,
          callback,
          HttpStatus.REQUEST_TIMEOUT_408,
          "the body was not there in " + gate.requestTime().toSeconds() + "s");
    } else {
      early.write(
          request,
          response,
          callback,
          HttpStatus.BAD_REQUEST_400,
          "the body could not be read to its end");
    }
  }

  /** Run again each time there is more to read. */
  private final class Arriving implements Runnable {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Request request;
    private final Response response;
    private final Callback callback;
    private int pieces;

    private Arriving(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
    }

    /** The deadline is the request's: its headers have used some of it. */
    private void orElseLate() {
      ClientConnection connection = gate.of(request);
      if (connection != null) {
        // The read that waits, or the next one, has this failure to tell.
        connection.insteadOfCut(() -> request.fail(new TimeoutException()));
      }
    }

    private void moreTime() {
      ClientConnection connection = gate.of(request);
      if (connection != null) {
        gate.awaitRequest(connection);
        orElseLate();
      }
    }

    @Override
    public void run() {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          incomplete(request, response, callback, chunk.getFailure());
          return;
        }
        body.writeBytes(BufferUtil.toArray(chunk.getByteBuffer()));
        boolean last = chunk.isLast();
        chunk.release();
        if (body.size() > mostBytes) {
          tooLong(request, response, callback);
          return;
        }
        if (body.size() / PIECE > pieces) {
          pieces = body.size() / PIECE;
          moreTime();
        }
        if (last) {
          arrived(request);
          handleWhole();
          return;
        }
      }
    }

    private void handleWhole() {
      try {
        if (!WholeRequest.super.handle(
            new Whole(request, body.toByteArray()), response, callback)) {
          Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
        }
      } catch (Exception e) {
        Response.writeError(request, response, callback, e);
      }
    }
  }

  /** The request with its body in memory. */
  private static final class Whole extends Request.Wrapper {
    private Content.Chunk next;

    private Whole(Request request, byte[] body) {
      super(request);
      next = Content.Chunk.from(ByteBuffer.wrap(body), true);
    }

    @Override
    public Content.Chunk read() {
      Content.Chunk chunk = next;
      next = Content.Chunk.EOF;
      return chunk;
    }

    @Override
    public void demand(Runnable callback) {
      callback.run();
    }
  }
}
