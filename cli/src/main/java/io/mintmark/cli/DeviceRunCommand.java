package io.mintmark.cli;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.DeviceException;
import io.mintmark.device.Message;
import io.mintmark.identity.TopicGrants;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    description = "Be a device: enrol if need be, connect, publish each line of the standard input."
        + " Prints the commands that arrive; what happens goes to standard error. Ends with the"
        + " input, when the broker has acknowledged every line; fails if one was refused or lost."
        + " SIGTERM and Ctrl-C have it leave with DISCONNECT at once.",
    mixinStandardHelpOptions = true)
final class DeviceRunCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Mixin
  private DeviceOptions options;

  /** Where the lines come from. */
  InputStream input = System.in;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      defaultValue = "telemetry/$${fleet}/$${device}/lines",
      description = "Where the lines go; its variables stand for the device's own names (default:"
          + " ${DEFAULT-VALUE}).")
  private String topic;

  @Option(
      names = "--subscribe",
      paramLabel = "FILTER",
      defaultValue = "commands/$${fleet}/$${device}/#",
      description = "What is printed, likewise (default: ${DEFAULT-VALUE}).")
  private String filter;

  @Option(
      names = "--qos",
      paramLabel = "0|1",
      defaultValue = "1",
      description = "How lines are published: 1 is acknowledged (default: ${DEFAULT-VALUE}).")
  private int qos;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = DurationOption.class,
      description = "How long the last lines may wait for the broker after the input's end"
          + " (default: ${DEFAULT-VALUE}).")
  private Duration wait;

  @Override
  public Integer call() throws Exception {
    if (qos != 0 && qos != 1) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE, "--qos " + qos + " is not supported: use 0 or 1");
    }
    PrintWriter err = spec.commandLine().getErr();
    PrintedEvents events = new PrintedEvents(err, this::print);
    try (Shutdown shutdown = new Shutdown()) {
      DeviceClient device = shutdown.add(options.client(events));
      start(device);
      String name = own(topic, device);
      // One that is not granted is an event.
      var unused = device.subscribe(own(filter, device), 1, this::print);
      LinePublisher lines = new LinePublisher(
          line -> device.publish(name, line.getBytes(StandardCharsets.UTF_8), qos));
      events.onRefused(lines::fail);
      long count = lines.publish(input, wait);
      err.println("published " + count + (count == 1 ? " line" : " lines") + " to " + name);
      return 0;
    }
  }

  private static void start(DeviceClient device) throws CommandFailure, InterruptedException {
    try {
      device.start();
    } catch (DeviceException e) {
      throw new CommandFailure(CommandFailure.FAILED, e.getMessage());
    }
  }

  private static String own(String template, DeviceClient device) throws CommandFailure {
    try {
      return TopicGrants.resolve(template, device.identity(), Map.of());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
  }

  private void print(Message message) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(message.topic() + " " + message.text());
    out.flush();
  }
}
