package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;

import io.mintmark.identity.Identity;
import java.util.List;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Certification requests that ask for more than a device is due, or are none. */
final class CsrMoves {

  private static final String NAMES =
      "400 or 403, or issued without it (est.md, Certificate profile)";
  private static final String NO_REQUEST = "400 (est.md, Status codes)";
  private static final int DEEP = 20_000;

  private CsrMoves() {}

  static List<HostileMove> all() {
    return List.of(
        cast(
            "csr.second-san",
            "its own URI name, and another device's after it",
            NAMES,
            stage -> Est.harmless(
                stage, id -> named(id, uri(own(stage, id)), uri(stage.victim().spiffeId())))),
        cast(
            "csr.same-san-twice",
            "its own URI name twice",
            NAMES,
            stage ->
                Est.harmless(stage, id -> named(id, uri(own(stage, id)), uri(own(stage, id))))),
        cast(
            "csr.service-names",
            "the names the service and the broker go by: localhost, 127.0.0.1",
            NAMES,
            stage -> Est.harmless(
                stage,
                id -> named(
                    id,
                    new GeneralName(GeneralName.dNSName, "localhost"),
                    new GeneralName(GeneralName.iPAddress, "127.0.0.1")))),
        cast(
            "csr.broker",
            "the URI names of a broker and of an application",
            NAMES,
            stage -> Est.harmless(
                    stage,
                    id -> named(
                        id,
                        uri(new Identity.Broker(stage.victim().trustDomain(), "local").spiffeId())))
                .and(Est.harmless(
                    stage,
                    id -> named(
                        id,
                        uri(new Identity.Application(
                                stage.victim().trustDomain(), stage.ground().applicationName())
                            .spiffeId()))))),
        cast(
            "csr.purposes",
            "to be a server, to sign code and certificates, and any purpose there is",
            NAMES,
            stage -> Est.harmless(
                stage,
                id -> Requests.extended(id, extensions -> {
                  extensions.addExtension(
                      Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth,
                        KeyPurposeId.id_kp_codeSigning,
                        KeyPurposeId.anyExtendedKeyUsage
                      }));
                  extensions.addExtension(
                      Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
                }))),
        cast(
            "csr.two-common-names",
            "a subject of two common names: its own, and another device's",
            "400 or 403: names are refused, never copied (est.md, Certificate profile)",
            stage -> Est.harmless(
                stage,
                id -> Requests.subject(new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.CN, id)
                    .addRDN(BCStyle.CN, stage.victim().name())
                    .build()))),
        cast(
            "csr.subject-nul",
            "a subject of another device's name, U+0000 and its own",
            "400 or 403: names are refused, never copied (est.md, Certificate profile)",
            stage -> Est.harmless(stage, id -> Est.first(stage.victim().name() + "\0" + id))),
        cast(
            "csr.false-signature",
            "a request whose signature is another's",
            "400: no proof of possession (RFC 2986, 3)",
            stage -> Est.refused(stage, id -> {
              byte[] request = Est.first(id);
              request[request.length - 1] ^= 1;
              return request;
            })),
        cast(
            "csr.trailing",
            "a request, and another device's behind it",
            NO_REQUEST,
            stage -> Est.refused(
                stage,
                id -> Packet.bytes(Est.first(id), Est.first(stage.victim().name())))),
        cast(
            "csr.nested",
            "DER that nests 20,000 deep, and one that announces 2 GiB",
            NO_REQUEST,
            stage -> {
              byte[] nest = new byte[2 * DEEP];
              for (int i = 0; i < nest.length; i += 2) {
                nest[i] = 0x30;
                nest[i + 1] = (byte) 0x80;
              }
              return Est.refused(stage, id -> nest)
                  .and(Est.refused(
                      stage, id -> Packet.raw(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02)));
            }));
  }

  private static byte[] named(String id, GeneralName... names) {
    return Requests.extended(
        id,
        extensions -> extensions.addExtension(
            Extension.subjectAlternativeName, false, new GeneralNames(names)));
  }

  private static GeneralName uri(String name) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, name);
  }

  private static String own(Stage stage, String id) {
    return stage.ground().identity("", id).spiffeId();
  }
}
