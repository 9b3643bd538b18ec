package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet that begins to tie requests to connections, and a service that starts again. */
class ChannelBindingChangeIT {

  @Test
  void holdsFromTheMomentAFleetAsksForItAndAfterARestart(@TempDir Path data) throws Exception {
    try (RunningService running = RunningService.of(data, "d-1", "d-2")) {
      BindingDevice device = BindingDevice.enrolling(running, "sensors", "d-1");
      try (TellingClient before = device.connect("TLSv1.3")) {
        running.applyEnrolment("sensors", "{channel-binding: required}");
        byte[] request = device.request(BindingDevice.challenge(before.binding("tls-exporter")));
        RawHttps.Answer answer = device.ask(before, request);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("connect again");
      }
      BindingDevice renewing = device.renewing();

      running.stop();
      running.start();
      try (TellingClient client = renewing.connect("TLSv1.2")) {
        RawHttps.Answer answer = renewing.ask(client, renewing.request());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("requires channel binding");
      }
      try (TellingClient client = renewing.connect("TLSv1.2")) {
        byte[] request = renewing.request(BindingDevice.challenge(client.binding("tls-unique")));
        Enrolments.certificate(renewing.ask(client, request));
      }

      running.applyEnrolment("sensors", "{channel-binding: off}");
      Enrolments.certificate(new Enrolments(running, "sensors").ask("d-2"));
    }
  }
}
