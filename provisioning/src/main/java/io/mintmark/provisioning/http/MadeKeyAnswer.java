package io.mintmark.provisioning.http;

import io.javalin.http.Context;
import io.mintmark.provisioning.MadeKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Sends a private key made here and its certificate (RFC 7030, section 4.4.2; RFC 8951, section
 * 3.3). It is written at once and wiped, for the framework would keep it until it pleases.
 */
final class MadeKeyAnswer {

  /** Base64 has no hyphen, so no part can hold it. */
  private static final String BOUNDARY = "est-server-keygen";

  /** More than what stands around the two parts. */
  private static final int HEADERS = 512;

  private MadeKeyAnswer() {}

  static void send(Context ctx, MadeKey made) throws IOException {
    byte[] certificate =
        Base64.getMimeEncoder().encode(CertsOnlyMessage.der(List.of(made.certificate())));
    byte[] pkcs8 = made.key().getEncoded();
    byte[] key = Base64.getMimeEncoder().encode(pkcs8);
    Wiped body = new Wiped(key.length + certificate.length + HEADERS);
    try {
      part(body, "application/pkcs8", key);
      part(body, "application/pkcs7-mime; smime-type=certs-only", certificate);
      body.writeBytes(ascii("--" + BOUNDARY + "--\r\n"));
      ctx.contentType("multipart/mixed; boundary=" + BOUNDARY);
      ctx.header("Cache-Control", "no-store");
      ctx.res().setContentLength(body.size());
      body.writeTo(ctx.outputStream());
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
      Arrays.fill(key, (byte) 0);
      body.wipe();
    }
  }

  private static void part(ByteArrayOutputStream body, String mediaType, byte[] base64) {
    body.writeBytes(ascii("--"
        + BOUNDARY
        + "\r\nContent-Type: "
        + mediaType
        + "\r\nContent-Transfer-Encoding: base64\r\n\r\n"));
    body.writeBytes(base64);
    body.writeBytes(ascii("\r\n"));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Large enough from the start, so that no copy is left behind by growing. */
  private static final class Wiped extends ByteArrayOutputStream {

    Wiped(int size) {
      super(size);
    }

    void wipe() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
