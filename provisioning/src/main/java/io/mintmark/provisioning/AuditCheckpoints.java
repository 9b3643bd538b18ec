package io.mintmark.provisioning;

import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.audit.ChainHash;
import io.mintmark.provisioning.audit.Checkpoint;
import io.mintmark.provisioning.audit.CheckpointFile;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.sql.AuditTable;
import io.mintmark.provisioning.sql.CheckpointTable;
import io.mintmark.provisioning.sql.Registry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs the audit log now and then: at the start, every 1,000 rows, every ten minutes in which there
 * were any, and at the end. The active issuing CA's key does, for it is kept and handed over with
 * care anyway, and its signatures are checked with the roots everybody has. Thread-safe.
 */
public final class AuditCheckpoints implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AuditCheckpoints.class);

  /** How many rows are without a checkpoint at most, but for those of the moment. */
  static final int ROWS = 1_000;

  private static final int MINUTES = 10;
  private static final int LONGEST_PAGE = 1_000;

  private final Registry registry;
  private final CertificateAuthority authority;
  private final CheckpointFile file;
  private final Clock clock;
  private final ScheduledExecutorService worker;
  private final AtomicLong highest = new AtomicLong();
  private final AtomicLong asked = new AtomicLong();
  private final Runnable whenCommitted = this::signIfMany;

  AuditCheckpoints(
      Registry registry, CertificateAuthority authority, CheckpointFile file, Clock clock) {
    this.registry = registry;
    this.authority = authority;
    this.file = file;
    this.clock = clock;
    // Its thread is made for the first task.
    this.worker = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "mintmark-audit");
      thread.setDaemon(true);
      return thread;
    });
  }

  /** Signs what the last run left unsigned, looks whether its end is still there, and goes on. */
  void start() {
    completeFile();
    sign();
    ScheduledFuture<?> unused =
        worker.scheduleWithFixedDelay(this::sign, MINUTES, MINUTES, TimeUnit.MINUTES);
  }

  /** A row is being added. */
  void added(long sequence) {
    highest.accumulateAndGet(sequence, Math::max);
  }

  /** What to run once rows are stored: the same object each time. */
  Runnable whenCommitted() {
    return whenCommitted;
  }

  private void signIfMany() {
    long before = asked.get();
    long now = highest.get();
    if (now - before >= ROWS && asked.compareAndSet(before, now) && !worker.isShutdown()) {
      worker.execute(this::sign);
    }
  }

  /**
   * Signs the last row, if it is not signed already. What goes wrong is logged and tried again the
   * next time: the log is as good without, only for longer.
   */
  synchronized void sign() {
    try {
      Optional<AuditRow> last = registry.read(AuditTable::last);
      long signed =
          registry.read(CheckpointTable::last).map(Checkpoint::sequence).orElse(0L);
      last.ifPresent(row -> asked.accumulateAndGet(row.sequence(), Math::max));
      if (last.isEmpty() || last.get().sequence() <= signed) {
        return;
      }
      Checkpoint checkpoint = checkpoint(last.get());
      registry.write(tx -> {
        CheckpointTable.insert(tx, checkpoint);
        return null;
      });
      file.append(checkpoint);
    } catch (GeneralSecurityException | IOException e) {
      LOG.error("the audit log was not signed: {}; trying again later", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("the audit log was not signed; trying again later", e);
    }
  }

  private Checkpoint checkpoint(AuditRow row) throws GeneralSecurityException {
    Issuer active = authority.hierarchy().active();
    Signer signer = authority
        .signer(active.id())
        .orElseThrow(() -> new GeneralSecurityException(
            "the key of issuing CA " + active.id() + " is not at hand"));
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    ChainHash hash = row.hash();
    byte[] signature = signer.sign(Checkpoint.toBeSigned(row.sequence(), hash, now, active.id()));
    return new Checkpoint(
        row.sequence(), hash, now, active.id(), Base64.getEncoder().encodeToString(signature));
  }

  /** A crash may have left the file without the last checkpoint; and somebody the log without it. */
  private void completeFile() {
    try {
      List<Checkpoint> listed = file.read();
      Checkpoint last = listed.isEmpty() ? null : listed.get(listed.size() - 1);
      long from = last == null ? 0 : last.sequence();
      for (List<Checkpoint> missing = after(from, LONGEST_PAGE);
          !missing.isEmpty();
          missing = after(from, LONGEST_PAGE)) {
        for (Checkpoint each : missing) {
          file.append(each);
          from = each.sequence();
        }
      }
      Set<Checkpoint> ends = new LinkedHashSet<>();
      if (last != null) {
        ends.add(last);
      }
      registry.read(CheckpointTable::last).ifPresent(ends::add);
      ends.forEach(this::compare);
    } catch (IOException | RuntimeException e) {
      LOG.error("{} cannot be used: {}", CheckpointFile.NAME, e.getMessage());
    }
  }

  private void compare(Checkpoint checkpoint) {
    boolean there = registry
        .read(h -> AuditTable.find(h, checkpoint.sequence()))
        .filter(row -> row.hash().equals(checkpoint.hash()))
        .isPresent();
    if (!there) {
      LOG.error(
          "the audit log does not have row {} as it was signed at {}: it was changed while the"
              + " service was down; see 'mintmark audit verify'",
          checkpoint.sequence(),
          checkpoint.at());
    }
  }

  /**
   * Those of rows after a sequence, oldest first.
   *
   * @param limit at most so many; held to 1..1000
   */
  public List<Checkpoint> after(long sequence, int limit) {
    int held = Math.max(1, Math.min(limit, LONGEST_PAGE));
    return registry.read(h -> CheckpointTable.after(h, sequence, held));
  }

  /** The certificates of the CAs that sign or have signed, and of those above them. */
  public List<X509Certificate> certificates() {
    return authority.hierarchy().issuers().stream()
        .flatMap(issuer -> Stream.concat(Stream.of(issuer.certificate()), issuer.others().stream()))
        .toList();
  }

  /** Signs what there is. */
  @Override
  public void close() {
    if (worker.isShutdown()) {
      return;
    }
    worker.shutdown();
    sign();
  }
}
