package io.mintmark.simulators.results;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** Histograms as text: HdrHistogram's own compressed form in base64, as in its logs. */
final class Encoded {

  private Encoded() {}

  static String of(Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    byte[] encoded = new byte[length];
    System.arraycopy(bytes.array(), 0, encoded, 0, length);
    return Base64.getEncoder().encodeToString(encoded);
  }

  /**
   * The histogram of a text.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Histogram read(String text) {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
    } catch (DataFormatException | RuntimeException e) {
      throw new IllegalArgumentException("not an encoded histogram: " + e.getMessage(), e);
    }
  }
}
