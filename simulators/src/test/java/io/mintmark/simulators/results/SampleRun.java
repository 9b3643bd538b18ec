package io.mintmark.simulators.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A minute of a fleet: a herd comes back, a broker is away for a while, telemetry goes on. */
final class SampleRun {

  private static final int DEVICES = 2_000;

  private SampleRun() {}

  /**
   * The same for the same arguments.
   *
   * @param slower how many times as long everything takes
   */
  static Results of(double slower) throws IOException {
    Random random = new Random(7);
    FakeRun run = new FakeRun(
        new Run(
            "broker-restart",
            "name: broker-restart\nfleet: {devices: 2000, engine: swarm}\nsteps:\n"
                + "  - connect: {rate: 200/s}\n"
                + "  - telemetry: {rate: 400/s, duration: 45s}\n"
                + "    fault: {kill: broker, at: 20s, for: 5s}\n"
                + "expect:\n  - connect.p99<500ms\n  - lost==0\n",
            "mintmark simulate broker-restart --devices 2000 --engine swarm"
                + " --expect 'connect.p99<500ms' --html report.html",
            "own, temporary",
            "swarm",
            DEVICES,
            "0.1.0",
            FakeRun.ENVIRONMENT),
        null);
    Recording recording = run.recording();
    recording.count("lost", 0);
    recording.mark("step 1: connect");
    int connected = 0;
    for (int second = 0; second < 60; second++) {
      recording.count("generator.heap-mb", second % 8 < 7 ? 9 : -60);
      boolean away = second >= 30 && second < 35;
      if (second == 11) {
        recording.mark("step 2: telemetry, fault");
      }
      if (second == 30) {
        recording.mark("fault: the broker is killed");
        connected = 0;
      }
      if (second == 35) {
        recording.mark("fault ends: the broker is back");
      }
      for (int tenth = 0; tenth < 10; tenth++) {
        run.pass(0.1);
        double herd = second >= 35 && second < 40 ? 12 : 1;
        for (int i = 0; i < 20 && connected < DEVICES && !away; i++) {
          boolean back = second >= 35;
          double millis = slower * herd * (4 + 6 * Math.exp(random.nextGaussian()));
          run.done(back ? "return" : "connect", back ? 1_000 + 5 * millis : millis);
          connected++;
        }
        if (second < 11) {
          continue;
        }
        for (int i = 0; i < 40; i++) {
          recording.count("ticks", 1);
          if (away) {
            recording.failed("publish", "not connected: connection refused");
          } else {
            recording.count("sent", 1);
            run.done("publish", slower * herd * (0.6 + Math.exp(random.nextGaussian())));
            run.done("delivery", slower * herd * (0.9 + 1.4 * Math.exp(random.nextGaussian())));
            recording.count("delivered", 1);
          }
        }
      }
      run.sample(0.3 + (second < 11 ? 0.5 : 0.2), connected, DEVICES - connected);
    }
    recording.failed("return", "TLS: the certificate was refused <certificate_expired>");
    run.pass(0.05);
    run.sample(0, connected, 0);
    recording.mark("end");
    return run.finish(
        "connect.p99<500ms", "publish.p99.9<1s", "publish.failed<1%", "lost==0", "return.max<60s");
  }

  /** Writes the pages, to look at them. */
  public static void main(String[] folder) throws IOException {
    Results first = of(1);
    Results second = of(1.6);
    Path out = Path.of(folder[0]);
    Files.writeString(out.resolve("report.html"), HtmlReport.of(first));
    Files.writeString(
        out.resolve("comparison.html"), Comparison.of(first, second).html());
    Files.writeString(out.resolve("summary.json"), first.toJson());
    System.out.println(first.table());
    System.out.println(Comparison.of(first, second).table());
  }
}
