package io.mintmark.broker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Shows each new connection of HiveMQ's listeners before a byte of it is read, for what HiveMQ has no
 * other place for. The runnable broker's only. One instance serves all connections.
 */
@ChannelHandler.Sharable
final class NewConnections extends ChannelInboundHandlerAdapter {

  private final Consumer<ChannelPipeline> look;

  private NewConnections(Consumer<ChannelPipeline> look) {
    this.look = look;
  }

  /**
   * Shows every connection that comes from now on.
   *
   * @param acceptors the threads that HiveMQ's open listeners are with
   * @param look is given a connection, HiveMQ's handlers in place; called by its own thread
   */
  static void watch(EventLoopGroup acceptors, Consumer<ChannelPipeline> look) {
    NewConnections shown = new NewConnections(look);
    for (EventExecutor acceptor : acceptors) {
      acceptor.execute(() -> {
        Iterator<Channel> channels =
            ((SingleThreadEventLoop) acceptor).registeredChannelsIterator();
        while (channels.hasNext()) {
          if (channels.next() instanceof ServerChannel listener) {
            listener.pipeline().addFirst(shown.new Arrivals());
          }
        }
      });
    }
  }

  /** In a listener: where it hands a new connection over, before HiveMQ has seen that. */
  private final class Arrivals extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
      ((Channel) connection).pipeline().addLast(NewConnections.this);
      context.fireChannelRead(connection);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.fireChannelActive();
    ChannelPipeline pipeline = context.pipeline();
    pipeline.remove(this);
    look.accept(pipeline);
  }
}
