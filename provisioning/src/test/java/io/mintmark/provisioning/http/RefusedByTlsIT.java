package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients whose handshake fails: they get an alert, and the log is not theirs to fill. */
class RefusedByTlsIT {

  @Test
  void leavesNothingInTheLog(@TempDir Path data, @TempDir Path folder) throws Exception {
    LogLines log = new LogLines();
    Shell shell = new Shell(folder);
    shell.run(
        "sh",
        "-ec",
        "openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout -out key.pem;"
            + " openssl req -x509 -new -key key.pem -subj /CN=d-1 -out certificate.pem");
    try (RunningService running = RunningService.of(data)) {
      int port = running.service().deviceUri().getPort();
      log.attach();

      String connect = "openssl s_client -ign_eof -connect 127.0.0.1:" + port;
      // A curve spelled out, which the JDK does not read, under either version.
      String shown = connect + " -cert certificate.pem -key key.pem";
      assertThat(alert(shell, shown + " -tls1_3")).contains("alert bad certificate");
      assertThat(alert(shell, shown + " -tls1_2")).contains("alert bad certificate");
      assertThat(alert(shell, connect + " -tls1_1 -cipher ALL:@SECLEVEL=0"))
          .contains("alert protocol version");
      assertThat(alert(shell, connect + " -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256"))
          .contains("alert handshake failure");
      try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
        plain.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        plain.getInputStream().readAllBytes();
      }

      // After all of them one that is refused over HTTP: its line is the only one.
      RunningService.expect(404, running.device(null).get("/nothing"));
      await().untilAsserted(() -> assertThat(log.lines()).hasSize(1));
      assertThat(log.lines().get(0)).contains("/nothing");
    } finally {
      log.detach();
    }
  }

  private static String alert(Shell shell, String command) throws Exception {
    return shell.run("sh", "-c", command + " </dev/null 2>&1; true");
  }
}
