package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records by their types, in whatever pieces they come. */
class SecondHandshakeTest {

  private static final int CHANGE = 20;
  private static final int HANDSHAKE = 22;
  private static final int DATA = 23;

  private final EmbeddedChannel channel = new EmbeddedChannel();

  private static byte[] record(int type) {
    // What is in it looks like a handshake's header, and is none.
    byte[] record = new byte[5 + 300];
    Arrays.fill(record, (byte) HANDSHAKE);
    record[0] = (byte) type;
    record[1] = 3;
    record[2] = 3;
    record[3] = 1;
    record[4] = 44;
    return record;
  }

  private void comes(int piece, int... types) {
    for (int type : types) {
      byte[] record = record(type);
      for (int i = 0; i < record.length; i += piece) {
        channel.writeInbound(Unpooled.copiedBuffer(record, i, Math.min(piece, record.length - i)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1_000})
  void aSecondHandshakeByTls12IsTheEnd(int piece) {
    SecondHandshake.watch(channel.pipeline());
    comes(piece, HANDSHAKE, HANDSHAKE, CHANGE, HANDSHAKE, DATA, DATA);
    assertThat(channel.isOpen()).isTrue();
    int passedOn = 0;
    for (Object each : channel.inboundMessages()) {
      passedOn += ((ByteBuf) each).readableBytes();
    }
    assertThat(passedOn).isEqualTo(6 * 305);
    channel.writeInbound(Unpooled.copiedBuffer(record(HANDSHAKE)));
    assertThat(channel.isOpen()).isFalse();
    channel.releaseInbound();
  }

  @Test
  void tls13IsLeftAloneOnceItHasSentData() {
    SecondHandshake.watch(channel.pipeline());
    comes(1_000, HANDSHAKE, CHANGE, DATA);
    assertThat(channel.pipeline().get(SecondHandshake.class)).isNull();
    assertThat(channel.isOpen()).isTrue();
    channel.releaseInbound();
  }

  /** Which the server has asked for: another group of keys. */
  @Test
  void aSecondClientHelloOfOneHandshakeIsFine() {
    SecondHandshake.watch(channel.pipeline());
    comes(11, HANDSHAKE, CHANGE, HANDSHAKE, DATA, DATA);
    assertThat(channel.isOpen()).isTrue();
    channel.releaseInbound();
  }
}
