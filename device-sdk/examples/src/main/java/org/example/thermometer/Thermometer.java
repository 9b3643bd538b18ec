package org.example.thermometer;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.Message;
import io.mintmark.device.OfflineBuffer;
import io.mintmark.device.OfflineBuffer.WhenFull;
import io.mintmark.device.StoredException;
import io.mintmark.identity.FleetId;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * A device from its first start on: it enrols, publishes a reading every second, obeys a
 * command, and says what happens to it. Reads from top to bottom; docs/sdk/getting-started.md walks
 * along.
 *
 * <pre>java -jar thermometer.jar FOLDER</pre>
 *
 * FOLDER is all the memory the device has. It is named after the device and holds what the factory
 * left in it: cert.pem and key.pem, the bootstrap certificate and its key.
 */
public final class Thermometer {

  private static final String FLEET = "sensors";

  private final DeviceClient device;
  private final String id;
  private volatile int seconds = 1;

  private Thermometer(DeviceClient device, String id) {
    this.device = device;
    this.id = id;
  }

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1) {
      System.err.println("usage: java -jar thermometer.jar FOLDER");
      System.exit(2);
    }
    Path folder = Path.of(args[0]);
    // Where it belongs; these suit 'mintmark up' on the same machine.
    URI service = URI.create(setting("SERVICE", "https://localhost:8443"));
    URI broker = URI.create(setting("BROKER", "mqtts://localhost:8883"));
    Path trust = Path.of(setting("TRUST", "mintmark-data/trust.pem"));

    // Who it is, and whom it believes. Nothing is done yet.
    DeviceClient device = DeviceClient.builder()
        .service(service)
        .broker(broker.getHost(), broker.getPort())
        .fleet(new FleetId(FLEET))
        .bootstrapPem(folder.resolve("key.pem"), folder.resolve("cert.pem"))
        .trust(trust)
        .folder(folder)
        // While there is no connection, and over restarts; the newest readings count most.
        .buffer(OfflineBuffer.disk(100_000, 20_000_000).whenFull(WhenFull.DROP_OLDEST))
        .listener(new Diary())
        .build();

    // Ctrl-C: what is on its way gets two seconds, then the broker hears a goodbye; the rest is
    // stored.
    Runtime.getRuntime().addShutdownHook(new Thread(device::close));

    new Thermometer(device, folder.getFileName().toString()).run();
  }

  private void run() throws InterruptedException {
    // Subscribed before the start: commands that waited at the broker come with the connection.
    device.reply("commands/" + FLEET + "/" + id + "/interval", 1, this::changeInterval);

    // Enrols with the bootstrap certificate, connects, and from then on keeps both up by itself.
    device.startInBackground();

    // Publishing needs no connection: readings wait for one, in their order.
    while (true) {
      publish("temperature", String.format(Locale.ROOT, "%.1f", temperature()));
      Thread.sleep(seconds * 1000L);
    }
  }

  /** A command: how many seconds shall lie between two readings. */
  private Message changeInterval(Message command) {
    if (!command.text().matches("[1-9]\\d{0,4}")) {
      return Message.error("an interval is 1 to 99999 seconds");
    }
    seconds = Integer.parseInt(command.text());
    return Message.answer("a reading every " + seconds + " s");
  }

  private void publish(String name, String value) {
    device
        .publish(Message.of("telemetry/" + FLEET + "/" + id + "/" + name, value))
        .whenComplete((done, failure) -> System.out.println(name + " " + value + fate(failure)));
  }

  private static String fate(Throwable failure) {
    if (failure == null) {
      return "";
    }
    return failure instanceof StoredException ? ", stored" : " LOST: " + failure.getMessage();
  }

  /** Where a real one would ask its sensor. */
  private static double temperature() {
    return 21 + new Random().nextGaussian();
  }

  private static String setting(String variable, String otherwise) {
    return System.getenv().getOrDefault(variable, otherwise);
  }
}
