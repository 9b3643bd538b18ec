package io.mintmark.provisioning.http;

import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Misbehaviour;
import io.mintmark.provisioning.Misbehaviour.Mishap;
import io.mintmark.provisioning.Misbehaviour.Turn;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.DateGenerator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers devices badly on purpose ({@link Misbehaviour}), and says in the log what it did to each
 * answer. Not there at all unless it was asked for when the service was started. What brokers ask is
 * left alone. Thread-safe.
 */
final class Misbehaving extends Handler.Wrapper {

  private static final Logger LOG = LoggerFactory.getLogger("io.mintmark.provisioning.misbehave");
  private static final List<String> DEVICES =
      List.of("/.well-known/est/", "/v1/renewal-info/", "/v1/bundle");
  private static final int LONGEST_RETRY_SECONDS = 3;
  private static final int PIECES = 20;
  private static final long PIECE_MILLIS = 250;

  private final Misbehaviour misbehaviour;
  private final long pieceMillis;

  Misbehaving(Misbehaviour misbehaviour) {
    this(misbehaviour, PIECE_MILLIS);
  }

  /**
   * @param pieceMillis between two pieces of an answer that is sent in pieces
   */
  Misbehaving(Misbehaviour misbehaviour, long pieceMillis) {
    this.misbehaviour = misbehaviour;
    this.pieceMillis = pieceMillis;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = request.getHttpURI().getPath();
    if (DEVICES.stream().noneMatch(path::startsWith) || isOfBroker(request)) {
      return super.handle(request, response, callback);
    }
    Turn turn = misbehaviour.next();
    Mishap mishap = turn.mishap().orElse(null);
    Exchange exchange = new Exchange(request, response, callback, turn, pieceMillis);
    if (mishap == Mishap.DROP) {
      exchange.later(() -> exchange.cut("not looked at, connection closed"));
      return true;
    }
    if (mishap == Mishap.ERROR || mishap == Mishap.RETRY_AFTER || mishap == Mishap.TOO_MANY) {
      exchange.later(() -> exchange.refuse(mishap));
      return true;
    }
    Kept kept = new Kept(request, response);
    Callback whole = Callback.from(
        () -> exchange.later(() -> exchange.answer(mishap, kept.body.toByteArray())),
        callback::failed);
    return super.handle(request, kept, whole);
  }

  /** As whom it is asked; whoever lies gets the truth. */
  private static boolean isOfBroker(Request request) {
    if (request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
            instanceof EndPoint.SslSessionData session
        && session.peerCertificates() != null
        && session.peerCertificates().length > 0) {
      try {
        return Identity.of(session.peerCertificates()[0]) instanceof Identity.Broker;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
    return false;
  }

  /** Keeps the answer's body back. */
  private static final class Kept extends Response.Wrapper {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private volatile boolean begun;
    private volatile boolean whole;

    private Kept(Request request, Response response) {
      super(request, response);
    }

    @Override
    public void write(boolean last, ByteBuffer bytes, Callback callback) {
      begun = true;
      whole = last;
      if (bytes != null) {
        body.writeBytes(BufferUtil.toArray(bytes));
        BufferUtil.clear(bytes);
      }
      callback.succeeded();
    }

    @Override
    public boolean isCommitted() {
      return begun;
    }

    @Override
    public boolean hasLastWrite() {
      return whole;
    }
  }

  private record Exchange(
      Request request, Response response, Callback callback, Turn turn, long pieceMillis) {

    void later(Runnable step) {
      if (turn.delay().isZero()) {
        step.run();
      } else {
        after(turn.delay().toMillis(), step);
      }
    }

    private void after(long millis, Runnable step) {
      var unused =
          request.getComponents().getScheduler().schedule(step, millis, TimeUnit.MILLISECONDS);
    }

    void refuse(Mishap mishap) {
      int status = HttpStatus.INTERNAL_SERVER_ERROR_500;
      String when = "";
      if (mishap != Mishap.ERROR) {
        status = mishap == Mishap.TOO_MANY
            ? HttpStatus.TOO_MANY_REQUESTS_429
            : HttpStatus.SERVICE_UNAVAILABLE_503;
        when = retryAfter();
        response.getHeaders().put(HttpHeader.RETRY_AFTER, when);
        when = ", Retry-After: " + when;
      }
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
      tell("not looked at, " + status + when);
      byte[] body = "misbehaving on purpose\n".getBytes(StandardCharsets.UTF_8);
      response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** RFC 9110, section 10.2.3: seconds or a date; clients have to read both. */
    private String retryAfter() {
      int seconds = turn.random().nextInt(1, LONGEST_RETRY_SECONDS + 1);
      return turn.random().nextBoolean()
          ? Integer.toString(seconds)
          : DateGenerator.formatDate(
              System.currentTimeMillis() + TimeUnit.SECONDS.toMillis(seconds));
    }

    /**
     * Sends what the service has to say.
     *
     * @param mishap null for as it should be
     */
    void answer(Mishap mishap, byte[] body) {
      // Where nobody has said anything else, it is 200.
      int status = response.getStatus() == 0 ? HttpStatus.OK_200 : response.getStatus();
      String done = "done (" + status + ")";
      if (mishap == Mishap.LOST_ANSWER) {
        cut(done + ", connection closed in place of the answer");
        return;
      }
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
      if (mishap == Mishap.TRUNCATE) {
        ByteBuffer half = ByteBuffer.wrap(body, 0, body.length / 2);
        response.write(
            false,
            half,
            Callback.from(
                () -> cut(done + ", connection closed after half of the body"), callback::failed));
      } else if (mishap == Mishap.TRICKLE) {
        tell(done + ", answered in " + PIECES + " pieces");
        trickle(ByteBuffer.wrap(body), Math.max(1, body.length / PIECES));
      } else {
        tell(done + ", answered");
        response.write(true, ByteBuffer.wrap(body), callback);
      }
    }

    private void trickle(ByteBuffer rest, int piece) {
      if (rest.remaining() <= piece) {
        response.write(true, rest, callback);
        return;
      }
      ByteBuffer next = rest.slice(rest.position(), piece);
      rest.position(rest.position() + piece);
      response.write(
          false,
          next,
          Callback.from(() -> after(pieceMillis, () -> trickle(rest, piece)), callback::failed));
    }

    void cut(String what) {
      tell(what);
      request.getConnectionMetaData().getConnection().getEndPoint().close();
      if (response.isCommitted()) {
        callback.failed(new EofException("misbehaving on purpose"));
      } else {
        // It goes nowhere, and counts as an answer: a failure would have another written.
        response.write(true, BufferUtil.EMPTY_BUFFER, callback);
      }
    }

    private void tell(String what) {
      LOG.info(
          "misbehaving at request {}: {} {} from {}: {}, {} ms late",
          turn.number(),
          Printable.of(request.getMethod()),
          Printable.of(request.getHttpURI().getPath()),
          Request.getRemoteAddr(request),
          what,
          turn.delay().toMillis());
    }
  }
}
