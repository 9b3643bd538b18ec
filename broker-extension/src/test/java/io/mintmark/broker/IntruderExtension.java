package io.mintmark.broker;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * Somebody else's extension. HiveMQ asks it first: its priority is the highest, too, and its name the
 * earlier one. It lets in whoever names the right user, and leaves the others to the next.
 */
public final class IntruderExtension implements ExtensionMain {

  static final String USER = "intruder";

  private static final String ID = "a-intruder";

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    SimpleAuthenticator authenticator = (auth, decision) -> {
      if (auth.getConnectPacket().getUserName().filter(USER::equals).isPresent()) {
        decision.authenticateSuccessfully();
      } else {
        decision.nextExtensionOrDefault();
      }
    };
    Services.securityRegistry().setAuthenticatorProvider(provider -> authenticator);
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

  /** Puts it where the operator would. */
  static void install(Path extensions) throws IOException {
    Path home = Files.createDirectories(extensions.resolve(ID));
    Files.writeString(home.resolve("hivemq-extension.xml"), """
        <?xml version="1.0" encoding="UTF-8"?>
        <hivemq-extension>
          <id>%s</id>
          <name>intruder</name>
          <version>1</version>
          <priority>2147483647</priority>
          <start-priority>2147483647</start-priority>
        </hivemq-extension>
        """.formatted(ID));
    String name = IntruderExtension.class.getName();
    String classFile = name.replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(home.resolve("intruder.jar"));
        JarOutputStream jar = new JarOutputStream(file);
        InputStream compiled =
            IntruderExtension.class.getClassLoader().getResourceAsStream(classFile)) {
      jar.putNextEntry(new JarEntry(classFile));
      compiled.transferTo(jar);
      jar.putNextEntry(new JarEntry("META-INF/services/" + ExtensionMain.class.getName()));
      jar.write(name.getBytes(StandardCharsets.UTF_8));
      jar.closeEntry();
    }
  }
}
