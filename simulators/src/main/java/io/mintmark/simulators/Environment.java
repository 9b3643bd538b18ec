package io.mintmark.simulators;

import java.security.NoSuchAlgorithmException;
import java.security.Signature;

/**
 * Where figures were measured, without which they say little.
 *
 * @param java version of the JDK
 * @param vm its name
 * @param os name and version
 * @param architecture of the processor
 * @param processors as many as this process may use
 * @param heapMegabytes as much as it may use
 * @param signatures the JCA provider that makes ECDSA signatures
 */
public record Environment(
    String java,
    String vm,
    String os,
    String architecture,
    int processors,
    long heapMegabytes,
    String signatures) {

  /** This process. */
  public static Environment current() {
    return new Environment(
        System.getProperty("java.version"),
        System.getProperty("java.vm.name"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory() >> 20,
        signatureProvider());
  }

  private static String signatureProvider() {
    try {
      return Signature.getInstance("SHA256withECDSA").getProvider().getName();
    } catch (NoSuchAlgorithmException e) {
      return "none";
    }
  }
}
