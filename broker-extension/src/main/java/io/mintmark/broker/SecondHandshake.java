package io.mintmark.broker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection whose client begins a second handshake (RFC 9325, section 3.5), which the JDK's
 * TLS 1.2 would take: handshakes cost most, and who somebody is was looked at after the first. The
 * types of records are not encrypted, so it is enough to look at their headers. TLS 1.3 has no
 * renegotiation: its connections are left alone once they have sent data. Of one connection.
 */
final class SecondHandshake extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(SecondHandshake.class);
  private static final BoundedLog LOG = new BoundedLog(log, "second handshakes", System::nanoTime);

  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;
  private static final int HEADER = 5;

  private int headerAt;
  private int left;
  private boolean changed;
  private boolean finished;
  private boolean over;
  private boolean second;

  /** Looks at a new connection, before a byte of it was read. */
  static void watch(ChannelPipeline connection) {
    connection.addFirst(new SecondHandshake());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    look(bytes);
    if (second) {
      LOG.info("closed reason=second-handshake address={}", context.channel().remoteAddress());
      bytes.release();
      var unused = context.close();
      return;
    }
    if (over) {
      context.pipeline().remove(this);
    }
    context.fireChannelRead(bytes);
  }

  private void look(ByteBuf bytes) {
    for (int i = bytes.readerIndex(); i < bytes.writerIndex() && !over && !second; ) {
      if (left > 0 && headerAt == 0) {
        int skipped = Math.min(left, bytes.writerIndex() - i);
        left -= skipped;
        i += skipped;
      } else {
        header(bytes.getByte(i++) & 0xff);
      }
    }
  }

  private void header(int value) {
    if (headerAt == 0) {
      record(value);
    } else if (headerAt == HEADER - 2) {
      left = value << 8;
    } else if (headerAt == HEADER - 1) {
      left |= value;
    }
    headerAt = (headerAt + 1) % HEADER;
  }

  /**
   * The last of a TLS 1.2 handshake is one record after ChangeCipherSpec. In TLS 1.3 all is
   * application data there, but for a second ClientHello that the server has asked for.
   */
  private void record(int type) {
    if (type == CHANGE_CIPHER_SPEC) {
      changed = true;
    } else if (type == HANDSHAKE && changed) {
      second = finished;
      finished = true;
    } else if (type == APPLICATION_DATA && !finished) {
      over = true;
    }
  }
}
