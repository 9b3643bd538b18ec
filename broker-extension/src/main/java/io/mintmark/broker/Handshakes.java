package io.mintmark.broker;

import com.codahale.metrics.MetricRegistry;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts TLS handshakes and says why they fail: HiveMQ tells extensions of connections only from the
 * CONNECT on. So this is the runnable broker's; in a HiveMQ installation failures are in HiveMQ's own
 * log, of {@code com.hivemq.security.ssl}. One instance serves all connections.
 */
@ChannelHandler.Sharable
final class Handshakes extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(Handshakes.class);

  private static final String NAME = "mintmark-handshakes";

  private final MetricRegistry metrics;
  private final BoundedLog failures = new BoundedLog(log, "failed handshakes", System::nanoTime);

  Handshakes(MetricRegistry metrics) {
    this.metrics = metrics;
    for (String reason : HandshakeFailure.WORDS) {
      metrics.counter(BrokerMetrics.HANDSHAKES_FAILED + reason);
    }
  }

  /** Looks at a new connection. TLS is first in it, and what it tells is not passed on by the next. */
  void look(ChannelPipeline connection) {
    connection.addAfter(connection.firstContext().name(), NAME, this);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      context.pipeline().remove(this);
      if (handshake.isSuccess()) {
        done(context);
      } else {
        failed(context.channel().remoteAddress(), handshake.cause());
      }
    }
    context.fireUserEventTriggered(event);
  }

  private void done(ChannelHandlerContext context) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    String version = tls == null ? "unknown" : tls.engine().getSession().getProtocol();
    metrics.counter(BrokerMetrics.HANDSHAKES + version).inc();
  }

  private void failed(SocketAddress from, Throwable cause) {
    HandshakeFailure failure = HandshakeFailure.of(cause);
    metrics.counter(BrokerMetrics.HANDSHAKES_FAILED + failure.word()).inc();
    failures.info(
        "handshake failed reason={} address={} detail={}",
        failure.word(),
        from instanceof InetSocketAddress internet ? internet.getAddress().getHostAddress() : "-",
        Quoted.of(failure.detail()));
  }
}
