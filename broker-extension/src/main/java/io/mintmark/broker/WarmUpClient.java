package io.mintmark.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;

/**
 * One connection of a warm-up as its client sees it: handshake, CONNECT, and DISCONNECT after the
 * CONNACK (MQTT 5.0, sections 3.1, 3.2 and 3.14). Used on its channel's thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails ends the connection, and that is heard.
final class WarmUpClient extends ChannelInboundHandlerAdapter {

  private static final int CONNACK = 0x20;

  /** CONNECT with clean start, without properties; the client id follows. */
  private static final byte[] HEAD = {0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0};

  private static final byte[] DISCONNECT = {(byte) 0xe0, 0};

  private final String clientId;
  private final Consumer<Boolean> ended;
  private boolean admitted;

  /**
   * @param clientId ASCII, at most 64 characters
   * @param ended told whether it was admitted, once the connection is gone
   */
  WarmUpClient(String clientId, Consumer<Boolean> ended) {
    this.clientId = clientId;
    this.ended = ended;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
      byte[] id = clientId.getBytes(UTF_8);
      ByteBuf connect = context.alloc().buffer();
      connect.writeByte(0x10).writeByte(HEAD.length + 2 + id.length);
      connect.writeBytes(HEAD).writeShort(id.length).writeBytes(id);
      context.writeAndFlush(connect);
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      ByteBuf answer = (ByteBuf) message;
      if (answer.readableBytes() >= 4 && answer.getByte(0) == CONNACK && answer.getByte(3) == 0) {
        admitted = true;
        // Not from here: on one event loop this may be called from within the server's flush, in
        // which its last words would be left lying until a timeout of three seconds.
        context.executor().execute(() -> leave(context));
      } else {
        context.close();
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** As a client is to: it closes the connection once it has said so (MQTT 5.0, section 3.14.4). */
  private static void leave(ChannelHandlerContext context) {
    context
        .writeAndFlush(context.alloc().buffer().writeBytes(DISCONNECT))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended.accept(admitted);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
