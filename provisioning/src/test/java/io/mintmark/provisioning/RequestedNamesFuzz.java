package io.mintmark.provisioning;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.http.SigningRequestDecoder;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Arrays;

/**
 * Any bytes as the subject and the attributes of a request that is rightly signed: what lies behind
 * the signature check, where {@link SigningRequestFuzz} hardly ever comes.
 */
public final class RequestedNamesFuzz {

  private static final KeyPair KEYS = CertificateRequest.newKeyPair();
  private static final byte[] VERSION = {2, 1, 0};

  /** AlgorithmIdentifier of ecdsa-with-SHA256. */
  private static final byte[] ALGORITHM = {
    0x30, 10, 6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2
  };

  private static final CertifiedNames NAMES = CertifiedNames.of(new Identity.Device(
      new TrustDomain("example.org"), new FleetId("sensors"), new DeviceId("d-1")));

  private RequestedNamesFuzz() {}

  /** Called by the fuzzer before its time begins. */
  public static void fuzzerInitialize(String[] seeds) throws Exception {
    FuzzBudget.warmUp(seeds[0], RequestedNamesFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer; the first two bytes say where the subject ends. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (input.length < 2) {
      return;
    }
    int end = Math.min(input.length, 2 + ((input[0] & 0xff) << 8 | (input[1] & 0xff)));
    byte[] body =
        request(Arrays.copyOfRange(input, 2, end), Arrays.copyOfRange(input, end, input.length));
    FuzzBudget.spend(() -> {
      SigningRequest request = SigningRequestDecoder.decode(body);
      FuzzBudget.spend(() -> RequestedNames.check(request, NAMES));
      FuzzBudget.spend(() -> ClaimCertificate.device(request));
    });
  }

  /** An input for these parts. */
  static byte[] input(byte[] subject, byte[] attributes) {
    return concat(
        new byte[] {(byte) (subject.length >> 8), (byte) subject.length}, subject, attributes);
  }

  private static byte[] request(byte[] subject, byte[] attributes) throws Exception {
    byte[] info = sequence(VERSION, subject, KEYS.getPublic().getEncoded(), attributes);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(KEYS.getPrivate());
    signature.update(info);
    return sequence(info, ALGORITHM, element(3, new byte[1], signature.sign()));
  }

  private static byte[] sequence(byte[]... parts) {
    return element(0x30, parts);
  }

  /** Written by hand: an encoder would mend what is to be tried. */
  private static byte[] element(int tag, byte[]... parts) {
    byte[] content = concat(parts);
    int length = content.length;
    byte[] head = length < 0x80
        ? new byte[] {(byte) tag, (byte) length}
        : new byte[] {
          (byte) tag, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length
        };
    return concat(head, content);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
