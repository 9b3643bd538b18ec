package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.audit.AuditSink;
import io.mintmark.provisioning.audit.ChainHash;
import io.mintmark.provisioning.audit.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The audit log of a registry's file, whether a service uses it now or none; nothing is changed. */
public final class RegistryAudit {

  private static final int PAGE = 1000;

  private RegistryAudit() {}

  /**
   * Hands on the log.
   *
   * @param file {@code registry.db}
   * @param after only rows after this sequence; 0 for all
   * @throws StartException if the file is not there, not a registry, or from before rows were chained
   * @throws IOException of the sink
   */
  public static void read(Path file, long after, AuditSink sink)
      throws StartException, IOException {
    if (!Files.exists(file)) {
      throw new StartException(
          "there is no registry " + file + ": name the data folder with --data");
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(5_000);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    try (Handle handle = Jdbi.create(source).open()) {
      handle.begin();
      requireChained(handle, file);
      read(handle, file, after, sink);
      handle.rollback();
    } catch (JdbiException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new StartException(
          "the audit log of " + file + " cannot be read: " + cause.getMessage(), e);
    }
  }

  private static void requireChained(Handle handle, Path file) throws StartException {
    int columns = handle
        .createQuery("select count(*) from pragma_table_info('audit') where name = 'hash'")
        .mapTo(Integer.class)
        .one();
    if (columns == 0) {
      throw new StartException("the registry " + file + " has no audit log that is chained: start"
          + " the service with it once, which chains it");
    }
  }

  private static void read(Handle handle, Path file, long after, AuditSink sink)
      throws StartException, IOException {
    sink.begin(after, before(handle, file, after));
    for (Issuer issuer : IssuerTable.all(handle)) {
      sink.certificate(issuer.certificate());
      for (X509Certificate other : issuer.others()) {
        sink.certificate(other);
      }
    }
    long at = after;
    for (List<Checkpoint> page = CheckpointTable.after(handle, at, PAGE);
        !page.isEmpty();
        page = CheckpointTable.after(handle, at, PAGE)) {
      for (Checkpoint checkpoint : page) {
        sink.checkpoint(checkpoint);
        at = checkpoint.sequence();
      }
    }
    at = after;
    for (List<AuditRow> page = AuditTable.after(handle, at, PAGE);
        !page.isEmpty();
        page = AuditTable.after(handle, at, PAGE)) {
      for (AuditRow row : page) {
        sink.row(row);
        at = row.sequence();
      }
    }
  }

  private static ChainHash before(Handle handle, Path file, long after) throws StartException {
    return after == 0
        ? ChainHash.NONE
        : AuditTable.find(handle, after)
            .orElseThrow(
                () -> new StartException("the audit log of " + file + " has no row " + after))
            .hash();
  }
}
