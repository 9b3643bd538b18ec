package io.mintmark.cli;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Eclipse Mosquitto as a child of this process, for comparison: mutual TLS 1.3 with the same
 * certificates, every client with a certificate admitted, nothing written to disk.
 */
final class MosquittoProcess extends BrokerChild {

  private static final String PROGRAM = "mosquitto";
  private static final Duration LONGEST_START = Duration.ofSeconds(10);
  private static final int TRY_MILLIS = 10;

  private MosquittoProcess(ChildProcess process, Facts facts, int port, Duration startedIn) {
    super(process, facts, port, startedIn);
  }

  /** Why it cannot be started here; null if it can. */
  static String missing() {
    return Programs.find(PROGRAM) == null
        ? "it is not installed (Debian: apt-get install mosquitto)"
        : null;
  }

  /**
   * Starts it; returns when it listens.
   *
   * @param folder for its configuration and log; made when needed
   * @param shown its own
   * @param trusted the roots of its clients
   * @throws CommandFailure if it does not start
   */
  static MosquittoProcess start(
      Path folder, Credential shown, List<X509Certificate> trusted, Cores cores)
      throws IOException, InterruptedException, CommandFailure {
    Files.createDirectories(folder);
    int port = freePort();
    String program = Programs.find(PROGRAM);
    Path configuration = configure(folder, shown, trusted, port);
    long start = System.nanoTime();
    ChildProcess process = ChildProcess.start(
        cores.hold(List.of(program, "-c", configuration.toString())),
        Map.of(),
        folder.resolve("mosquitto.log"));
    while (!isOpen(port)) {
      if (!process.isAlive() || System.nanoTime() - start > LONGEST_START.toNanos()) {
        throw process.failure(PROGRAM);
      }
      Thread.sleep(TRY_MILLIS);
    }
    Duration startedIn = Duration.ofNanos(System.nanoTime() - start);
    return new MosquittoProcess(
        process, new Facts(version(program), "OpenSSL", cores.measured()), port, startedIn);
  }

  private static Path configure(
      Path folder, Credential shown, List<X509Certificate> trusted, int port) throws IOException {
    Path key = folder.resolve("key.pem");
    AtomicFile.writeSecret(key, Pem.encode(shown.key()));
    Path chain = Files.writeString(folder.resolve("chain.pem"), Pem.encode(shown.chain()));
    Path roots = Files.writeString(folder.resolve("roots.pem"), Pem.encode(trusted));
    // As the user it was started by: its own user could not read these files.
    return Files.writeString(folder.resolve("mosquitto.conf"), """
        user %s
        persistence false
        connection_messages false
        log_dest stderr
        log_type error
        set_tcp_nodelay true
        allow_anonymous true
        listener %d 127.0.0.1
        cafile %s
        certfile %s
        keyfile %s
        tls_version tlsv1.3
        require_certificate true
        use_identity_as_username true
        """.formatted(
            System.getProperty("user.name"), port, roots, chain, key));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean isOpen(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** For example {@code mosquitto 2.0.11}, the first line of its help. */
  private static String version(String program) throws IOException {
    Process help = new ProcessBuilder(program, "-h").redirectErrorStream(true).start();
    String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.lines().findFirst().orElse(PROGRAM).replace(" version", "");
  }

  @Override
  public boolean getsWarm() {
    return false;
  }
}
