package io.mintmark.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code mintmark broker}, or a main class that says the same when it is up, as a child of this
 * process on a free port of the loopback interface.
 */
final class BrokerProcess extends BrokerChild {

  private static final String UP = "Stop with Ctrl-C";
  private static final String RECORDING = "-XX:StartFlightRecording";
  private static final Pattern PORT = Pattern.compile("(.*) is up on port (\\d+)");
  private static final Pattern CRYPTO = Pattern.compile(" *crypto provider +(.*)");

  private static final Pattern WEB_SOCKET = Pattern.compile(" *over WebSocket +wss:.*:(\\d+)/mqtt");

  private final ChildProcess process;
  private final OptionalInt webSocketPort;
  private final boolean recorded;

  private BrokerProcess(
      ChildProcess process,
      Facts facts,
      int port,
      OptionalInt webSocketPort,
      Duration startedIn,
      boolean recorded) {
    super(process, facts, port, startedIn);
    this.process = process;
    this.webSocketPort = webSocketPort;
    this.recorded = recorded;
  }

  /**
   * Starts it; returns when it listens.
   *
   * @param command as of {@link ChildProcess#java}
   * @param cores where it runs
   * @param log for what it says
   * @throws CommandFailure if it ends instead
   */
  static BrokerProcess start(
      List<String> command, Map<String, String> environment, Cores cores, Path log)
      throws IOException, CommandFailure {
    long start = System.nanoTime();
    ChildProcess process = ChildProcess.start(cores.hold(command), environment, log);
    List<String> said = process.awaitLine(UP, "a broker");
    Duration startedIn = Duration.ofNanos(System.nanoTime() - start);
    String crypto = "unknown";
    Matcher port = null;
    OptionalInt webSocketPort = OptionalInt.empty();
    for (String line : said) {
      Matcher up = PORT.matcher(line);
      Matcher by = CRYPTO.matcher(line);
      Matcher over = WEB_SOCKET.matcher(line);
      if (up.matches()) {
        port = up;
      } else if (over.matches()) {
        webSocketPort = OptionalInt.of(Integer.parseInt(over.group(1)));
      } else if (by.matches()) {
        crypto = by.group(1);
      }
    }
    if (port == null) {
      throw process.failure("a broker");
    }
    return new BrokerProcess(
        process,
        new Facts(port.group(1), crypto, cores.measured()),
        Integer.parseInt(port.group(2)),
        webSocketPort,
        startedIn,
        command.stream().anyMatch(option -> option.startsWith(RECORDING)));
  }

  /** The port of MQTT over WebSocket, if it has one. */
  OptionalInt webSocketPort() {
    return webSocketPort;
  }

  /** Asks it to end, as Ctrl-C does; returns when it has. */
  void stop() {
    process.close();
  }

  @Override
  public boolean getsWarm() {
    return true;
  }

  /** In the way that has it write what was recorded, where something was. */
  @Override
  public void close() {
    if (recorded) {
      process.close();
    } else {
      super.close();
    }
  }
}
