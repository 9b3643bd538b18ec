package io.mintmark.simulators;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.util.stream.Stream;

/**
 * Where figures were measured, without which they say little.
 *
 * @param java version of the JDK
 * @param vm its name
 * @param os name and version
 * @param architecture of the processor
 * @param processor its model; null where the system does not say
 * @param processors as many as this process may use
 * @param heapMegabytes as much as it may use
 * @param memoryMegabytes as much as the machine has
 * @param signatures the JCA provider that makes ECDSA signatures
 */
public record Environment(
    String java,
    String vm,
    String os,
    String architecture,
    String processor,
    int processors,
    long heapMegabytes,
    long memoryMegabytes,
    String signatures) {

  /** This process. */
  public static Environment current() {
    return new Environment(
        System.getProperty("java.version"),
        System.getProperty("java.vm.name"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("os.arch"),
        processorModel(Path.of("/proc/cpuinfo")),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory() >> 20,
        memory() >> 20,
        signatureProvider());
  }

  /** Linux says it there; others say it nowhere that a JVM sees. */
  private static String processorModel(Path cpuinfo) {
    try (Stream<String> lines = Files.lines(cpuinfo)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(null);
    } catch (IOException | UncheckedIOException e) {
      return null;
    }
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  private static String signatureProvider() {
    try {
      return Signature.getInstance("SHA256withECDSA").getProvider().getName();
    } catch (NoSuchAlgorithmException e) {
      return "none";
    }
  }
}
