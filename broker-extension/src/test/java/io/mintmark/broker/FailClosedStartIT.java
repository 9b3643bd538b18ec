package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.extension.sdk.api.ExtensionMain;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.testing.FreePort;
import io.mintmark.identity.testing.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The extension broken in every way we could think of: the start fails with a reason, and whoever
 * knocks at the port all the while is never let in.
 */
class FailClosedStartIT {

  @TempDir
  Path folder;

  World world;
  int port;

  @BeforeEach
  void start() throws Exception {
    world = new World(folder);
    world.persistence = Persistence.FILE;
    port = FreePort.find();
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  /** Starts, expects a refusal that says why, and knocks all the while. */
  private void staysShut(String why, ThrowingCallable start) throws Exception {
    Knocker knocker = new Knocker(port);
    assertThatThrownBy(start)
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
    assertThat(knocker.stop()).as("times the port was open").isZero();
    assertThat(Files.exists(folder.resolve("hivemq/conf/listener.p12"))).isFalse();
  }

  private void staysShut(String why) throws Exception {
    staysShut(why, () -> MintmarkBroker.start(world.config(port)));
  }

  private void staysShut(String why, Function<ListenerGate, ExtensionMain> main) throws Exception {
    staysShut(
        why,
        () -> MintmarkBroker.start(world.config(port), gate -> {
          ExtensionMain broken = main.apply(gate);
          return broken == null ? null : extension(broken);
        }));
  }

  private static EmbeddedExtension extension(ExtensionMain main) {
    return EmbeddedExtension.builder()
        .withId("broken")
        .withName("broken")
        .withVersion("1")
        .withExtensionMain(main)
        .build();
  }

  @Test
  void aBrokenExtensionKeepsThePortShut() throws Exception {
    staysShut("the Mintmark extension did not start", gate -> null);
    // At the last step of its start: the listener's key is there for a moment.
    ExtensionSettings settings =
        new ExtensionSettings(folder, world.feed.uri(), Duration.ofHours(1));
    staysShut(
        "disk full",
        gate -> new MintmarkExtension(
            settings,
            new PassingGate(gate) {
              @Override
              public void open(Credential credential, Collection<X509Certificate> anchors)
                  throws IOException {
                super.open(credential, anchors);
                throw new IOException("disk full");
              }
            },
            Clock.systemUTC()));

    IntruderExtension.install(folder.resolve("hivemq/extensions"));
    try (MintmarkBroker broker = MintmarkBroker.start(world.config(port))) {
      assertThat(broker.port()).isEqualTo(port);
      assertThatCode(() -> Peer.connect(
                  port, world.pki.device("sensors", "d1").credential(), world.pki.anchors(), "d1")
              .close())
          .as("nothing the failed starts left behind is in the way")
          .doesNotThrowAnyException();
      whoAnotherExtensionAdmitsIsPutOut();
      secretsAreTheOwners();
      assertThatThrownBy(() -> MintmarkBroker.start(world.config(port)))
          .isInstanceOf(BrokerStartException.class)
          .hasMessageContaining("port " + port + " of 127.0.0.1");
      assertThatThrownBy(() -> MintmarkBroker.start(world.config()))
          .isInstanceOf(BrokerStartException.class)
          .hasMessageContaining("another broker is running on");
      assertThat(folder.resolve("hivemq/conf/listener.p12")).as("of the first").exists();
    }
    damageDataOfHiveMq();
    staysShut("HiveMQ cannot open its data in " + folder.resolve("hivemq/data"));
  }

  /** HiveMQ by itself would wait for it for ever. */
  private void damageDataOfHiveMq() throws IOException {
    List<Path> manifests;
    try (Stream<Path> files = Files.walk(folder.resolve("hivemq/data"))) {
      manifests = files
          .filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
          .toList();
    }
    assertThat(manifests).isNotEmpty();
    Files.write(manifests.get(0), new byte[] {1});
  }

  private void whoAnotherExtensionAdmitsIsPutOut() throws Exception {
    try (LogLines log = new LogLines();
        Peer watcher = Peer.connect(
            port, world.pki.application("watcher").credential(), world.pki.anchors(), "watcher")) {
      watcher.subscribe("#");
      try (Peer uninvited = Peer.connect(
          port,
          world.pki.device("sensors", "d1").credential(),
          world.pki.anchors(),
          "anybody",
          options -> {
            options.setUserName(IntruderExtension.USER);
            options.setWill("gone", new MqttMessage(new byte[0]));
          })) {
        uninvited.publishUnacknowledged("telemetry/sensors/d2/t", "forged");
        assertThat(uninvited.disconnected()).succeedsWithin(Patience.LONGEST).isEqualTo(0x87);
      } catch (MqttException e) {
        // Put out before it could publish.
      }
      await()
          .untilAsserted(() -> assertThat(log.lines())
              .anyMatch(l -> l.startsWith("ERROR ANOTHER EXTENSION ADMITS CLIENTS: 'anybody'"))
              .anyMatch(l -> l.startsWith("INFO refused reason=uninvited ")));
      try (Peer device = Peer.connect(
          port, world.pki.device("sensors", "d2").credential(), world.pki.anchors(), "d2")) {
        device.publish("telemetry/sensors/d2/last", "");
      }
      await().until(() -> !watcher.received().isEmpty());
      assertThat(watcher.received()).containsExactly("telemetry/sensors/d2/last ");
    }
  }

  private void secretsAreTheOwners() throws IOException {
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("hivemq"))))
        .isEqualTo("rwx------");
    for (String file : new String[] {"config.xml", "listener.p12", "listener-trust.p12"}) {
      assertThat(PosixFilePermissions.toString(
              Files.getPosixFilePermissions(folder.resolve("hivemq/conf").resolve(file))))
          .as(file)
          .isEqualTo("rw-------");
    }
  }

  @Test
  void whatIsMissingOrDamagedIsSaidBeforeHiveMqStarts() throws Exception {
    Path credential = folder.resolve("credential.pem");
    String good = Files.readString(credential);
    Files.delete(credential);
    staysShut("credential.pem is missing");
    Files.writeString(credential, good.substring(0, good.length() / 2));
    staysShut("credential.pem is not usable");
    new CredentialStore(credential).save(world.pki.device("sensors", "d1").credential());
    staysShut("which is no broker");
    new CredentialStore(credential).save(world.pki.service().credential());
    staysShut("credential.pem is no broker's credential");
    Instant now = Instant.now();
    new CredentialStore(credential)
        .save(world
            .pki
            .server("spiffe://example.org/broker/b1")
            .validity(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)))
            .build()
            .credential());
    staysShut("have a new one issued");
    Files.writeString(credential, good);
    for (String wrong : new String[] {"1970-01-01T00:00:10Z", "2100-01-01T00:00:00Z"}) {
      staysShut(
          "it is " + wrong + "; have a new one issued",
          () -> MintmarkBroker.start(
              world.config(port), Clock.fixed(Instant.parse(wrong), ZoneOffset.UTC)));
    }

    Files.writeString(folder.resolve("feed.json"), "{\"format\":1}");
    staysShut("feed.json is damaged");
    Files.delete(folder.resolve("feed.json"));

    Path trust = folder.resolve("trust.pem");
    Files.writeString(trust, "nothing\n");
    staysShut("trust.pem cannot be read: no CERTIFICATE block");
    Files.delete(trust);
    staysShut("trust.pem are missing");
  }

  @Test
  void oddSettingsAreNamed() throws Exception {
    BrokerConfig good = world.config(port);
    staysShut(
        "'http://localhost' is not an https URI",
        () -> MintmarkBroker.start(
            BrokerConfig.of(folder, URI.create("http://localhost")).port(port).build()));
    staysShut(
        "port 65536 is not one of",
        () -> MintmarkBroker.start(
            BrokerConfig.of(folder, good.service()).port(65_536).build()));
    staysShut(
        "bind address 'no.such.host.invalid'",
        () -> MintmarkBroker.start(BrokerConfig.of(folder, good.service())
            .bindAddress("no.such.host.invalid")
            .port(port)
            .build()));
    Path odd = Files.createDirectory(folder.resolve("${user.home}"));
    Files.copy(folder.resolve("credential.pem"), odd.resolve("credential.pem"));
    Files.copy(folder.resolve("trust.pem"), odd.resolve("trust.pem"));
    staysShut(
        "may contain ${",
        () ->
            MintmarkBroker.start(BrokerConfig.of(odd, good.service()).port(port).build()));
    Files.writeString(folder.resolve("hivemq"), "a file where a folder should be");
    staysShut("is not writable", () -> MintmarkBroker.start(good));
  }

  /** Tries to connect every millisecond. */
  private static final class Knocker {
    private final Thread thread;
    private volatile boolean done;
    private final AtomicInteger opened = new AtomicInteger();

    Knocker(int port) {
      thread = new Thread(() -> knock(port));
      thread.start();
    }

    private void knock(int port) {
      while (!done) {
        try (Socket socket = new Socket()) {
          socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
          opened.incrementAndGet();
        } catch (IOException e) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
      }
    }

    int stop() throws InterruptedException {
      done = true;
      thread.join();
      return opened.get();
    }
  }
}
