package io.mintmark.simulators;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * Devices that connect, are admitted and leave again, so many at a time: each with a full TLS 1.3
 * handshake with its own certificate, a CONNECT, and a DISCONNECT once the CONNACK is there. Only
 * those the broker has admitted count. Not thread-safe.
 */
final class ConnectLoad {

  private static final long STUCK_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int TURN_MILLIS = 100;
  private static final int KEEP_ALIVE_SECONDS = 60;
  private static final byte[] DISCONNECT = MqttPackets.disconnect();

  private final List<LoadDevice> devices;
  private final int concurrency;
  private final Progress progress;
  private int next;

  /**
   * @param devices at least as many as connect at a time; they take turns
   */
  ConnectLoad(List<LoadDevice> devices, int concurrency, Progress progress) {
    this.devices = List.copyOf(devices);
    this.concurrency = concurrency;
    this.progress = progress;
  }

  /** Connects for so long; those under way then are waited for, but do not count. */
  void run(InetSocketAddress broker, Duration time, ConnectTally tally) throws IOException {
    new Run(broker, time, tally).run();
  }

  private final class Run implements AutoCloseable {
    private final InetSocketAddress broker;
    private final long nanos;
    private final ConnectTally tally;
    private final LoadLoop loop = new LoadLoop();
    private final long start = System.nanoTime();
    private int underway;
    private int leaving;
    private long last = start;
    private long lastNews = start;

    Run(InetSocketAddress broker, Duration time, ConnectTally tally) throws IOException {
      this.broker = broker;
      this.tally = tally;
      this.nanos = time.toNanos();
    }

    void run() throws IOException {
      try (this) {
        do {
          while (underway < concurrency && isOn()) {
            begin();
          }
          loop.turn(TURN_MILLIS);
        } while (underway + leaving > 0 && System.nanoTime() - lastNews < STUCK_NANOS);
        for (int i = 0; i < underway; i++) {
          tally.failed("no answer within 30 s");
        }
        tally.took(Duration.ofNanos(last - start));
      }
    }

    private boolean isOn() {
      return System.nanoTime() - start < nanos;
    }

    private void begin() throws IOException {
      LoadDevice device = devices.get(next++ % devices.size());
      underway++;
      loop.connect(broker, device.tls(), new Attempt(device));
    }

    @Override
    public void close() throws IOException {
      loop.close();
    }

    private final class Attempt implements TlsLink.Owner {
      private final LoadDevice device;
      private final long begun = System.nanoTime();
      private boolean answered;

      Attempt(LoadDevice device) {
        this.device = device;
      }

      @Override
      public void opened(TlsLink link) {
        link.send(MqttPackets.connect(device.clientId(), KEEP_ALIVE_SECONDS));
      }

      /** The CONNACK: type, length, session present, reason code (MQTT 5.0, section 3.2). */
      @Override
      public void received(TlsLink link, ByteBuffer plain) {
        if (answered) {
          return;
        }
        boolean whole = plain.remaining() >= 4 && plain.get(0) == MqttPackets.CONNACK;
        if (!whole || plain.get(3) != 0) {
          failed(whole ? "CONNACK 0x%02x".formatted(plain.get(3)) : "an answer that is no CONNACK");
          link.close();
          return;
        }
        long now = System.nanoTime();
        if (now - start < nanos) {
          last = now;
          tally.admitted(Duration.ofNanos(now - begun));
          progress.update(tally.admitted() + " connected");
        }
        answered();
        leaving++;
        link.send(DISCONNECT);
      }

      @Override
      public void ended(TlsLink link, String why) {
        if (answered) {
          leaving--;
        } else {
          failed(why == null ? "the connection was closed before a CONNACK" : why);
        }
      }

      private void failed(String why) {
        tally.failed(why);
        answered();
      }

      private void answered() {
        answered = true;
        underway--;
        lastNews = System.nanoTime();
      }
    }
  }
}
