package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class TlsFaceTest {

  private final HeldCertificate root =
      HeldCertificate.builder().commonName("root").authority(1).build();
  private final HeldCertificate issuing = HeldCertificate.builder()
      .commonName("issuing")
      .authority(0)
      .signedBy(root)
      .build();
  private final HeldCertificate server = HeldCertificate.builder()
      .commonName("server")
      .dns("localhost")
      .signedBy(issuing)
      .build();
  private final HeldCertificate clients =
      HeldCertificate.builder().commonName("clients").authority(1).build();

  private SSLServerSocket server() throws IOException {
    SSLContext tls = server.credential().tlsContext(List.of(clients.certificate()));
    SSLServerSocket socket = (SSLServerSocket)
        tls.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(true);
    Thread thread = new Thread(() -> {
      try (SSLSocket accepted = (SSLSocket) socket.accept()) {
        accepted.startHandshake();
      } catch (IOException e) {
        // It refuses who shows nothing.
      }
    });
    thread.setDaemon(true);
    thread.start();
    return socket;
  }

  @Test
  void seesWhatIsShownAndWhoseCertificatesAreTaken() throws Exception {
    TlsFace face;
    try (SSLServerSocket listening = server()) {
      face = TlsFace.of("localhost", listening.getLocalPort());
    }

    assertThat(face.shows()).containsExactly(server.certificate(), issuing.certificate());
    assertThat(face.asksFor()).containsExactly(clients.certificate().getSubjectX500Principal());
    assertThat(face.isBy(issuing.certificate())).isTrue();
    assertThat(face.isBy(clients.certificate())).isFalse();
    assertThat(face.isTrustedBy(List.of(root.certificate()))).isTrue();
    assertThat(face.isTrustedBy(List.of(clients.certificate()))).isFalse();
  }

  @Test
  void saysWhenThereIsNobody() throws Exception {
    int port;
    try (SSLServerSocket listening = server()) {
      port = listening.getLocalPort();
    }
    assertThatThrownBy(() -> TlsFace.of("localhost", port)).isInstanceOf(IOException.class);
  }
}
