package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** As the JDK and Netty say it; the frequent ones are shown on a broker ({@link OperationIT}). */
class HandshakeFailureTest {

  @Test
  void isToldByItsCauses() {
    Exception untrusted = new SSLHandshakeException("PKIX path building failed");
    untrusted.initCause(new CertificateException("no such issuer"));
    is("certificate", new DecoderException(untrusted));
    is("certificate", new SSLHandshakeException("Empty client certificate chain"));
    is("alert", new SSLHandshakeException("Received fatal alert: certificate_unknown"));
    is("no-tls", new NotSslRecordException("not an SSL/TLS record"));
    is("closed", new ClosedChannelException());
    is(
        "closed",
        new SSLHandshakeException("Connection closed while SSL/TLS handshake was in progress"));
    is("timeout", new SslHandshakeTimeoutException("handshake timed out after 10000ms"));
    is("other", new SSLHandshakeException("no cipher suites in common"));
    assertThat(HandshakeFailure.of(untrusted).detail()).isEqualTo("no such issuer");
  }

  private static void is(String word, Throwable cause) {
    assertThat(HandshakeFailure.of(cause).word()).as(cause.toString()).isEqualTo(word);
    assertThat(HandshakeFailure.WORDS).contains(word);
  }
}
