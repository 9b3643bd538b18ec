package io.mintmark.cli;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.DurationText;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.Pem;
import io.mintmark.simulators.BrokerChoice;
import io.mintmark.simulators.ConnectReport;
import io.mintmark.simulators.MeasuredBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Temporary brokers of one service, each with a credential of its own. */
final class MeasuredBrokers {

  private static final List<String> HOSTS = List.of("localhost", "127.0.0.1");

  private static final Duration INVITED_FOR = Duration.ofHours(1);

  private final Path folder;
  private final RunningService service;
  private final Cores cores;
  private final Shutdown shutdown;
  private final Duration warmUp;
  private final Path recordings;

  /**
   * @param folder for their files
   * @param shutdown stops them
   * @param warmUp how long ours practise before their port opens
   * @param recordings for Flight Recorder's files; null for none
   */
  MeasuredBrokers(
      Path folder,
      RunningService service,
      Cores cores,
      Shutdown shutdown,
      Duration warmUp,
      Path recordings) {
    this.folder = folder;
    this.service = service;
    this.cores = cores;
    this.shutdown = shutdown;
    this.warmUp = warmUp;
    this.recordings = recordings;
  }

  private interface Start {
    MeasuredBroker start() throws IOException, CommandFailure, InterruptedException;
  }

  private record Choice(String label, String missing, Start starting) implements BrokerChoice {
    @Override
    public MeasuredBroker start() throws IOException {
      try {
        return starting.start();
      } catch (CommandFailure e) {
        throw new IOException(e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /** Ours, on the fast crypto provider. */
  BrokerChoice fast() {
    return ours(ConnectReport.FAST, "");
  }

  /** Ours, on the JDK's own cryptography. */
  BrokerChoice stock() {
    return ours(ConnectReport.STOCK, CryptoProvider.JDK);
  }

  /**
   * The HiveMQ of {@link #fast} with an extension that admits everybody; that one must have been
   * started before.
   */
  BrokerChoice allowAll() {
    String label = ConnectReport.ALLOW_ALL;
    return new Choice(label, null, () -> {
      List<String> command = ChildProcess.broker(
          javaOptions(label),
          AllowAllBroker.class,
          folder.resolve(ConnectReport.FAST).resolve("hivemq").toString(),
          folder.resolve(label).toString());
      return shutdown.add(
          BrokerProcess.start(command, Map.of(), cores, folder.resolve(label + ".log")));
    });
  }

  /** Eclipse Mosquitto. */
  BrokerChoice mosquitto() {
    String label = ConnectReport.MOSQUITTO;
    return new Choice(
        label,
        MosquittoProcess.missing(),
        () -> shutdown.add(MosquittoProcess.start(
            folder.resolve(label), credential(label), service.trust(), cores)));
  }

  private BrokerChoice ours(String label, String crypto) {
    return new Choice(label, null, () -> {
      Path home = enrol(label);
      List<String> command = ChildProcess.broker(
          javaOptions(label),
          Mintmark.class,
          "broker",
          "--folder",
          home.toString(),
          "--service",
          service.service().toString(),
          "--mqtt-port",
          "0",
          "--websocket-port",
          "off",
          "--metrics-port",
          "off",
          // Few devices connect again and again.
          "--device-connect-rate",
          "unlimited",
          "--warm-up",
          warmUp.isZero() ? "off" : DurationText.of(warmUp));
      return shutdown.add(BrokerProcess.start(
          command, Map.of(CryptoProvider.VARIABLE, crypto), cores, folder.resolve(label + ".log")));
    });
  }

  /** A broker's folder with its credential. */
  private Path enrol(String name) throws IOException, CommandFailure {
    Path home = Files.createDirectories(folder.resolve(name));
    AtomicFile.write(home.resolve("trust.pem"), Pem.encode(service.trust()));
    new CredentialStore(home.resolve("credential.pem")).save(credential(name));
    return home;
  }

  /** A broker's credential, by an invitation as any other's. */
  private Credential credential(String name) throws IOException, CommandFailure {
    String invitation =
        service.operator().inviteBroker(name, HOSTS, Instant.now().plus(INVITED_FOR));
    Credential shown =
        new Credential(Pem.privateKey(invitation), Pem.certificates(invitation).subList(0, 1));
    EstClient est = new EstClient(
        URI.create(service.service() + "/.well-known/est"), shown.tlsContext(service.trust()));
    KeyPair keys = CertificateRequest.newKeyPair();
    List<X509Certificate> answer = est.simpleEnroll(CertificateRequest.create(keys, name));
    return new Credential(keys.getPrivate(), est.chain(keys.getPublic(), answer));
  }

  private List<String> javaOptions(String label) throws IOException {
    List<String> options = new ArrayList<>();
    if (recordings != null) {
      Files.createDirectories(recordings);
      Path file = recordings.resolve(label + ".jfr").toAbsolutePath();
      options.add("-XX:StartFlightRecording=settings=profile,filename=" + file);
    }
    return options;
  }
}
