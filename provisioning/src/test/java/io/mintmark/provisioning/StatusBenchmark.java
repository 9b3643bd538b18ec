package io.mintmark.provisioning;

import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.CrlSigner;
import io.mintmark.provisioning.http.StatusServer;
import io.mintmark.provisioning.ocsp.OcspQuestions;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.CrlTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.StatusTable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What CRLs and OCSP cost, in CPU time. Not a test: run it by hand on a quiet machine.
 *
 * <pre>{@code java -cp ... io.mintmark.provisioning.StatusBenchmark [entries] [seconds]}</pre>
 */
public final class StatusBenchmark {

  private static final int CERTIFICATES = 10_000;
  private static final int CONNECTIONS = 8;

  private final com.sun.management.OperatingSystemMXBean system =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final Provisioning core;
  private final Path data;
  private final List<byte[]> questions = new ArrayList<>();

  private StatusBenchmark(Path data) throws Exception {
    this.data = data;
    core = Provisioning.open(new ProvisioningConfig(
        data,
        null,
        null,
        "127.0.0.1",
        0,
        0,
        ProvisioningConfig.NO_PORT,
        null,
        null,
        Clock.systemUTC()));
  }

  public static void main(String[] args) throws Exception {
    int entries = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    StatusBenchmark benchmark = new StatusBenchmark(Files.createTempDirectory("status-benchmark"));
    try {
      benchmark.crl(entries);
      benchmark.responder(seconds);
      benchmark.http(seconds);
    } finally {
      benchmark.core.close();
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private double cpuSeconds(Work work) throws Exception {
    long before = system.getProcessCpuTime();
    work.run();
    return (system.getProcessCpuTime() - before) / 1e9;
  }

  /** Certificates straight into the registry's file: the service is not started yet for them. */
  private void fill(int count, boolean revoked) throws Exception {
    X509Certificate issuer = core.authority().issuing();
    String id = core.authority().issuingKeyId();
    SecureRandom random = new SecureRandom();
    Instant now = Instant.now();
    try (Registry registry = Registry.open(data.resolve("registry.db"))) {
      registry.write(tx -> {
        for (int i = 0; i < count; i++) {
          BigInteger serial = new BigInteger(127, random);
          CertificateTable.reserve(
              tx,
              new CertificateRecord(
                  serial,
                  "spiffe://mintmark.local/fleet/f/device/d" + serial,
                  "",
                  new Validity(now, now.plus(Duration.ofDays(7))),
                  CertificateState.RESERVED,
                  new byte[0],
                  now,
                  id));
          CertificateTable.issued(tx, serial, new byte[0]);
          if (revoked) {
            CertificateTable.end(tx, serial, CertificateState.REVOKED, "keyCompromise", now);
          } else {
            questions.add(question(issuer, serial));
          }
        }
        CrlTable.changed(tx, id);
        return null;
      });
    }
  }

  private static byte[] question(X509Certificate issuer, BigInteger serial) {
    try {
      return OcspQuestions.request(null, OcspQuestions.sha1(issuer, serial));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void crl(int entries) throws Exception {
    core.crls().publishDue();
    fill(entries, true);
    for (int i = 1; i <= 5; i++) {
      int round = i;
      try (Registry registry = Registry.open(data.resolve("registry.db"))) {
        registry.write(tx -> {
          CrlTable.changed(tx, core.authority().issuingKeyId());
          return null;
        });
      }
      String id = core.authority().issuingKeyId();
      List<RevokedSerial> listed = new ArrayList<>();
      double read;
      try (Registry registry = Registry.open(data.resolve("registry.db"))) {
        read = cpuSeconds(
            () -> listed.addAll(registry.read(h -> StatusTable.notGood(h, id, Instant.EPOCH))));
      }
      Instant now = Instant.now();
      double signed = cpuSeconds(() -> new CrlSigner(
              core.authority().issuing(),
              CrlSigner.Scope.END_ENTITIES,
              core.authority().signer(id).orElseThrow())
          .sign(round, now, now, listed));
      System.out.printf("read %.2f s, built and signed %.2f s CPU%n", read, signed);
      double cpu = cpuSeconds(core.crls()::publishDue);
      int bytes =
          core.crls().find(core.authority().issuingKeyId()).orElseThrow().der().length;
      System.out.printf(
          "CRL of %,d entries, %,d bytes, round %d: %.2f s CPU%n", entries, bytes, round, cpu);
    }
  }

  private void responder(int seconds) throws Exception {
    fill(CERTIFICATES, false);
    for (int round = 1; round <= 3; round++) {
      long[] answers = {0};
      double cpu = cpuSeconds(() -> {
        long end = System.nanoTime() + seconds * 1_000_000_000L / 2;
        while (System.nanoTime() < end) {
          core.ocsp().answer(questions.get((int) (answers[0]++ % questions.size())));
        }
      });
      System.out.printf(
          "OCSP responder alone, round %d: %,.0f answers a CPU second%n", round, answers[0] / cpu);
    }
  }

  private void http(int seconds) throws Exception {
    try (StatusServer server = StatusServer.start(core, "127.0.0.1", 0, Clock.systemUTC())) {
      for (int round = 1; round <= 3; round++) {
        long answers = 0;
        long clientNanos = 0;
        long before = system.getProcessCpuTime();
        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
        List<Future<long[]>> results = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
          int first = i;
          Callable<long[]> client = () -> client(server.port(), first, seconds);
          results.add(clients.submit(client));
        }
        for (Future<long[]> result : results) {
          answers += result.get()[0];
          clientNanos += result.get()[1];
        }
        clients.shutdown();
        double all = (system.getProcessCpuTime() - before) / 1e9;
        System.out.printf(
            "OCSP over HTTP, %d connections, round %d: %,.0f answers/s; %,.0f a CPU second of the"
                + " service, %,.0f with the client's%n",
            CONNECTIONS,
            round,
            answers / (double) seconds,
            answers / (all - clientNanos / 1e9),
            answers / all);
      }
    }
  }

  /** Answers and nanoseconds of CPU. */
  private long[] client(int port, int first, int seconds) throws IOException {
    long count = 0;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      for (int i = first; System.nanoTime() < end; i++) {
        byte[] body = questions.get(i % questions.size());
        byte[] head =
            ("POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\n"
                    + "Content-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        out.write(request);
        in.skipNBytes(length(in));
        count++;
      }
    }
    return new long[] {count, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()};
  }

  /** Reads a head to its end. */
  private static int length(InputStream in) throws IOException {
    int length = 0;
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("cut off");
      }
      if (c == '\n') {
        if (line.length() == 0) {
          return length;
        }
        if (line.toString().regionMatches(true, 0, "content-length:", 0, 15)) {
          length = Integer.parseInt(line.substring(15).strip());
        }
        line.setLength(0);
      } else if (c != '\r') {
        line.append((char) c);
      }
    }
  }
}
