package io.mintmark.broker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;

/**
 * Bounds the frames of MQTT over WebSocket (RFC 6455, section 10.4): HiveMQ takes them as long as two
 * gigabytes and holds a packet to its longest length only when the whole frame is in memory.
 */
final class WebSocketFrames {

  /** A frame may hold a few small packets beside a large one. */
  private static final int MORE = 64 * 1024;

  /** The part of Netty's handler that makes the decoder of frames; it is put in by the other. */
  private static final String HANDSHAKE =
      "io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandshakeHandler";

  private WebSocketFrames() {}

  /** Does nothing to a connection without WebSocket. */
  static void limit(ChannelPipeline connection, int packetBytes) {
    ChannelHandlerContext unlimited = connection.context(WebSocketServerProtocolHandler.class);
    if (unlimited != null) {
      connection.remove(HANDSHAKE);
      connection.replace(
          unlimited.handler(),
          unlimited.name(),
          new WebSocketServerProtocolHandler(
              HiveMqFolder.WEBSOCKET_PATH, "mqtt", false, packetBytes + MORE));
    }
  }
}
