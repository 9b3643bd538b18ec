package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class OcspPathTest {

  /** Its base64 has both special digits, the slash twice in a row, and padding. */
  private static final byte[] DER = HexFormat.of().parseHex("30fffffbefbefbff");

  private static final String BASE64 = Base64.getEncoder().encodeToString(DER);

  @Test
  void theExampleIsAHardOne() {
    assertThat(BASE64).contains("//", "+").endsWith("=");
  }

  @Test
  void decodesWhatClientsSend() {
    String escaped = URLEncoder.encode(BASE64, ISO_8859_1);
    List<String> forms = List.of(
        BASE64,
        escaped,
        lowerEscapes(escaped),
        BASE64.replace("+", "%2B"),
        BASE64.replace("=", "%3D"),
        BASE64.replace("+", "%20"),
        BASE64.replace("=", ""),
        Base64.getUrlEncoder().encodeToString(DER),
        Base64.getUrlEncoder().withoutPadding().encodeToString(DER),
        "/" + BASE64,
        "//" + escaped);
    for (String form : forms) {
      assertThat(OcspPath.decode("/" + form)).as(form).isEqualTo(DER);
    }
  }

  private static String lowerEscapes(String escaped) {
    return escaped.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d");
  }

  @Test
  void refusesWhatIsNotBase64() {
    for (String broken : List.of("/M%", "/M%2", "/M%zz", "/M!!!", "/M", "/%00")) {
      assertThatThrownBy(() -> OcspPath.decode(broken))
          .as(broken)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
