package io.mintmark.cli;

import java.lang.reflect.InvocationTargetException;
import java.security.Provider;
import java.security.Security;

/**
 * Puts the Amazon Corretto Crypto Provider first where its native library is on the class path and
 * loads: SunJSSE uses whatever provider comes first, and this one signs P-256 about forty times as
 * fast as the JDK's own. Without it everything works the same, slower.
 *
 * <p>Reached by reflection because its jar is chosen by the launcher: the jars of the four platforms
 * hold the same classes and differ in the native library.
 */
final class CryptoProvider {

  private static final String CLASS =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

  /** The environment variable that says which one to use. */
  static final String VARIABLE = "MINTMARK_CRYPTO";

  /** Its value for the JDK's own. */
  static final String JDK = "jdk";

  private CryptoProvider() {}

  /**
   * Installs it unless {@code MINTMARK_CRYPTO=jdk} says not to. Called once, before the first use of
   * cryptography in the process.
   *
   * @return one line that says which provider is in use and why
   */
  static String install() {
    if (JDK.equals(System.getenv(VARIABLE))) {
      return describe(" (" + VARIABLE + "=" + JDK + ")");
    }
    try {
      Class<?> type = Class.forName(CLASS);
      Provider provider = (Provider) type.getField("INSTANCE").get(null);
      Object fault = type.getMethod("getLoadingError").invoke(provider);
      if (fault != null) {
        return describe(" (Amazon Corretto Crypto Provider does not load here: " + fault + ")");
      }
      type.getMethod("install").invoke(null);
      return describe("");
    } catch (ClassNotFoundException e) {
      return describe(" (no Amazon Corretto Crypto Provider for this platform)");
    } catch (InvocationTargetException e) {
      return describe(" (Amazon Corretto Crypto Provider: " + e.getCause() + ")");
    } catch (ReflectiveOperationException | LinkageError e) {
      return describe(" (Amazon Corretto Crypto Provider: " + e + ")");
    }
  }

  /** Leaves things as they are: what a device has that brings no provider of its own. */
  static String none() {
    return describe("");
  }

  private static String describe(String remark) {
    Provider first = Security.getProviders("Signature.SHA256withECDSA")[0];
    return first.getName() + " " + first.getVersionStr() + remark;
  }
}
