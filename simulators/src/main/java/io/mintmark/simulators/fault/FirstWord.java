package io.mintmark.simulators.fault;

import java.nio.ByteBuffer;

/**
 * Finds where a client's handshake is over: with its first record of application data. In TLS 1.3 its
 * certificate travels as one too (RFC 8446, section 5.2), and nothing it waits for comes after that
 * but answers; in TLS 1.2 it is the first that is none of the handshake's. What is no TLS begins with
 * its first word. Not thread-safe.
 */
final class FirstWord {

  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;
  private static final int HEADER = 5;

  private boolean said;
  private boolean begun;
  private int headerAt;
  private int length;
  private int left;

  /** Reads on, and leaves the buffer as it was. */
  void read(ByteBuffer bytes) {
    for (int i = bytes.position(); i < bytes.limit() && !said; ) {
      if (left > 0) {
        int skipped = Math.min(left, bytes.limit() - i);
        left -= skipped;
        i += skipped;
      } else {
        header(bytes.get(i++) & 0xff);
      }
    }
  }

  private void header(int value) {
    if (headerAt == 0) {
      said = value == APPLICATION_DATA || (!begun && value != HANDSHAKE);
      begun = true;
    } else if (headerAt == HEADER - 2) {
      length = value << 8;
    } else if (headerAt == HEADER - 1) {
      left = length | value;
    }
    headerAt = (headerAt + 1) % HEADER;
  }

  /** Whether it was read. */
  boolean isSaid() {
    return said;
  }
}
