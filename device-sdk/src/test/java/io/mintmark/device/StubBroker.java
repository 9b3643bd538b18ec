package io.mintmark.device;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttConnAck;
import org.eclipse.paho.mqttv5.common.packet.MqttConnect;
import org.eclipse.paho.mqttv5.common.packet.MqttDisconnect;
import org.eclipse.paho.mqttv5.common.packet.MqttPingReq;
import org.eclipse.paho.mqttv5.common.packet.MqttPingResp;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttPubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;
import org.eclipse.paho.mqttv5.common.packet.MqttSubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttSubscribe;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;

/**
 * As much of a broker as it takes to come and go many times a second: mutual TLS, and an
 * acknowledgement for everything. It delivers nothing.
 */
final class StubBroker implements AutoCloseable {

  private final SSLServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  StubBroker(TestPki pki) throws IOException {
    listener = (SSLServerSocket) pki.server
        .credential()
        .tlsContext(pki.anchors())
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getByName("localhost"));
    listener.setNeedClientAuth(true);
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket client = (SSLSocket) listener.accept();
        client.setTcpNoDelay(true);
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void serve(SSLSocket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      MqttWireMessage packet = Packets.read(in, 100_000);
      while (!(packet instanceof MqttDisconnect)) {
        MqttWireMessage answer = answer(packet);
        if (answer != null) {
          out.write(answer.serialize());
        }
        packet = Packets.read(in, 100_000);
      }
    } catch (IOException | MqttException e) {
      // Gone without a goodbye.
    }
  }

  private static MqttWireMessage answer(MqttWireMessage packet) throws MqttException {
    MqttProperties none = new MqttProperties();
    MqttWireMessage answer = null;
    if (packet instanceof MqttConnect) {
      return new MqttConnAck(false, 0, none);
    } else if (packet instanceof MqttPingReq) {
      return new MqttPingResp();
    } else if (packet instanceof MqttPublish publish && publish.getQoS() > 0) {
      return new MqttPubAck(0, publish.getMessageId(), none);
    } else if (packet instanceof MqttSubscribe subscribe) {
      int[] codes = new int[subscribe.getSubscriptions().length];
      Arrays.fill(codes, 1);
      answer = new MqttSubAck(codes, none);
      answer.setMessageId(packet.getMessageId());
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
