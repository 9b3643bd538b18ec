package io.mintmark.provisioning.audit;

import io.mintmark.provisioning.audit.Finding.Kind;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what was done to an audit log: follows the chain, verifies the checkpoints and holds the
 * rows against them. What it keeps is the checkpoints. Not thread-safe.
 */
public final class AuditCheck implements AuditSink {

  private final List<Finding> findings = new ArrayList<>();
  private final ChainCheck chain = new ChainCheck(findings);
  private final CheckpointKeys keys;
  private final Set<Checkpoint> own = new LinkedHashSet<>();
  private final Set<Checkpoint> elsewhere;
  private final boolean bothComplete;
  private List<Checkpoint> expected;
  private int next;
  private long after;
  private long last;
  private long rows;
  private Checkpoint covering;
  private Checkpoint agreed;

  /**
   * What a check came to.
   *
   * @param findings what is wrong, by sequence; empty if nothing is
   * @param first the first row's sequence; with {@code last} below it there are no rows
   * @param last the last row's
   * @param rows how many there are
   * @param checkpoints how many were signed over them
   * @param covering the last of those whose signature leads to a trust anchor; or null
   */
  public record Result(
      List<Finding> findings,
      long first,
      long last,
      long rows,
      int checkpoints,
      Checkpoint covering) {}

  /**
   * A check.
   *
   * @param anchors the roots that checkpoints lead to
   * @param elsewhere checkpoints kept outside the log
   * @param bothComplete whether those should be all there are, as the data folder's file should;
   *     the last may be missing, for a crash leaves it out
   */
  public AuditCheck(
      List<X509Certificate> anchors, List<Checkpoint> elsewhere, boolean bothComplete) {
    this.keys = new CheckpointKeys(anchors);
    this.elsewhere = new LinkedHashSet<>(elsewhere);
    this.bothComplete = bothComplete;
  }

  @Override
  public void begin(long before, ChainHash hash) {
    after = before;
    last = before;
    chain.begin(before, hash);
  }

  @Override
  public void certificate(X509Certificate ca) {
    keys.add(ca);
  }

  @Override
  public void checkpoint(Checkpoint checkpoint) {
    own.add(checkpoint);
  }

  @Override
  public void row(AuditRow row) {
    prepare();
    chain.row(row);
    rows++;
    last = Math.max(last, row.sequence());
    while (next < expected.size() && expected.get(next).sequence() <= row.sequence()) {
      Checkpoint checkpoint = expected.get(next++);
      if (checkpoint.sequence() == row.sequence()) {
        compare(checkpoint, row.hash());
      }
    }
  }

  private void compare(Checkpoint checkpoint, ChainHash found) {
    if (checkpoint.hash().equals(found)) {
      agreed = checkpoint;
      return;
    }
    long from = agreed == null ? after + 1 : agreed.sequence() + 1;
    add(
        Kind.REWRITTEN,
        checkpoint.sequence(),
        checkpoint.sequence(),
        "row " + checkpoint.sequence() + " is not the one signed at " + checkpoint.at()
            + ": something was changed in " + Finding.rows(from, checkpoint.sequence()));
  }

  /** Before the first row: the checkpoints are known now. */
  private void prepare() {
    if (expected != null) {
      return;
    }
    Set<Checkpoint> all = new LinkedHashSet<>(own);
    all.addAll(elsewhere);
    expected = new ArrayList<>();
    all.stream()
        .filter(c -> c.sequence() > after)
        .sorted(Comparator.comparingLong(Checkpoint::sequence))
        .forEach(this::verify);
    expected.stream()
        .filter(c -> keys.find(c.key()).isEmpty())
        .filter(c -> covering == null || c.sequence() > covering.sequence())
        .forEach(c -> addCheckpoint(
            c, "CA " + c.key() + " does not lead to a root that is trusted: name its root"));
    compareLists();
  }

  private void verify(Checkpoint checkpoint) {
    Optional<X509Certificate> ca = keys.find(checkpoint.key());
    String fault = ca.map(c -> CheckpointKeys.fault(checkpoint, c)).orElse(null);
    if (fault != null) {
      addCheckpoint(checkpoint, fault);
      return;
    }
    expected.add(checkpoint);
    if (ca.isPresent()) {
      covering = checkpoint;
    }
  }

  private void compareLists() {
    for (Checkpoint checkpoint : elsewhere) {
      if (checkpoint.sequence() > after && !own.contains(checkpoint)) {
        addCheckpoint(checkpoint, "it is not in the log any more, or not the same");
      }
    }
    if (!bothComplete) {
      return;
    }
    List<Checkpoint> listed = new ArrayList<>(own);
    for (Checkpoint checkpoint : listed.subList(0, Math.max(0, listed.size() - 1))) {
      if (!elsewhere.contains(checkpoint)) {
        addCheckpoint(checkpoint, "it is not in " + CheckpointFile.NAME + ", or not the same");
      }
    }
  }

  /** What was found, when all of the log was handed in. */
  public Result end() {
    prepare();
    chain.end();
    if (next < expected.size()) {
      Checkpoint most = expected.get(expected.size() - 1);
      add(
          Kind.CUT_OFF,
          last + 1,
          most.sequence(),
          Finding.rows(last + 1, most.sequence()) + " cut off: a checkpoint of " + most.at()
              + " has row " + most.sequence());
    }
    List<Finding> sorted = findings.stream()
        .sorted(Comparator.comparingLong(Finding::from).thenComparing(Finding::kind))
        .toList();
    return new Result(sorted, after + 1, last, rows, expected.size(), covering);
  }

  private void addCheckpoint(Checkpoint checkpoint, String fault) {
    add(
        Kind.CHECKPOINT,
        checkpoint.sequence(),
        checkpoint.sequence(),
        "the checkpoint of row " + checkpoint.sequence() + " (" + checkpoint.at() + "): " + fault);
  }

  private void add(Kind kind, long from, long to, String text) {
    findings.add(new Finding(kind, from, to, text));
  }
}
