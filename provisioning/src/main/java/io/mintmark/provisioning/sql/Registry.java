package io.mintmark.provisioning.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.mintmark.provisioning.StartException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementBuilderFactory;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The registry's database: one connection that writes, some that read. SQLite has one writer at a
 * time anyway; here they queue in {@link GroupCommit} instead of on SQLITE_BUSY. Thread-safe.
 */
public final class Registry implements AutoCloseable {

  /** What a write transaction does. */
  @FunctionalInterface
  public interface Change<T, X extends Exception> {
    /** Makes the changes; throwing undoes them. */
    T apply(Transaction transaction) throws X;
  }

  private static final String MIGRATIONS = "classpath:io/mintmark/provisioning/sql/sqlite";
  private static final int READERS = 4;
  private static final int WRITER_CACHE_KIB = 64 * 1024;

  /** By SQLite's numbers for them. */
  private static final List<String> SYNCHRONOUS = List.of("off", "normal", "full", "extra");

  private final Connection writerConnection;
  private final GroupCommit writer;
  private final HikariDataSource readerPool;
  private final Jdbi reader;

  private Registry(Connection writerConnection, HikariDataSource readerPool) {
    this.writerConnection = writerConnection;
    KeptStatements statements = new KeptStatements(writerConnection);
    this.writer = new GroupCommit(
        plain(Jdbi.create(new OneConnection(writerConnection)), connection -> statements));
    this.readerPool = readerPool;
    this.reader = plain(Jdbi.create(readerPool), KeptStatements.ofPool());
  }

  /** Our SQL is no template. */
  private static Jdbi plain(Jdbi jdbi, StatementBuilderFactory statements) {
    jdbi.getConfig(SqlStatements.class).setTemplateEngine(TemplateEngine.NOP);
    return jdbi.setStatementBuilderFactory(statements);
  }

  /**
   * Opens the database, making or migrating it as needed.
   *
   * @throws StartException if it is of a newer version or not readable
   */
  public static Registry open(Path file) throws StartException {
    try {
      SQLiteDataSource source = dataSource(file);
      migrate(source, file);
      return new Registry(source.getConnection(), readers(source));
    } catch (SQLException | FlywayException e) {
      throw new StartException("the registry " + file + " cannot be opened: " + firstLine(e), e);
    }
  }

  private static SQLiteDataSource dataSource(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(5_000);
    // A transaction that reads before it writes could otherwise fail at its first write.
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    // Serial numbers are random: with less, most insertions read a page of their index again.
    config.setCacheSize(-WRITER_CACHE_KIB);
    // Nobody asks for them; else each insertion is followed by a query.
    config.setGetGeneratedKeys(false);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static HikariDataSource readers(SQLiteDataSource writing) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(5_000);
    config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl(writing.getUrl());
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("registry-readers");
    pool.setDataSource(source);
    pool.setMaximumPoolSize(READERS);
    // They are of a file, not of a network, and keep their statements.
    pool.setMaxLifetime(0);
    pool.setConnectionInitSql("pragma query_only = true");
    return new HikariDataSource(pool);
  }

  private static void migrate(SQLiteDataSource source, Path file) throws StartException {
    Flyway flyway = Flyway.configure(Registry.class.getClassLoader())
        .dataSource(source)
        .locations(MIGRATIONS)
        .javaMigrations(new AuditMigration())
        // What was made between two releases may lack a number below its highest.
        .outOfOrder(true)
        .load();
    for (MigrationInfo migration : flyway.info().applied()) {
      // Flyway itself passes over migrations it does not know.
      if (migration.getState() == MigrationState.FUTURE_SUCCESS
          || migration.getState() == MigrationState.FUTURE_FAILED) {
        throw new StartException("the registry "
            + file
            + " is of a newer version (schema "
            + migration.getVersion()
            + "): start it with the Mintmark that made it, or a later one");
      }
    }
    flyway.migrate();
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }

  /** Reads one consistent state; what is being written meanwhile does not show. */
  public <T, X extends Exception> T read(HandleCallback<T, X> query) throws X {
    return reader.inTransaction(query);
  }

  /**
   * Writes: when this returns, the changes are on disk. When it throws, there are none.
   *
   * @param change may be run more than once, and on another thread, but takes effect once
   */
  public <T, X extends Exception> T write(Change<T, X> change) throws X {
    return writer.write(change);
  }

  /**
   * What SQLite does for durability, in its own words.
   *
   * @param journal {@code wal}
   * @param synchronous {@code off}, {@code normal}, {@code full} or {@code extra}
   */
  public record Durability(String journal, String synchronous) {}

  /** What the connection that writes is set to, by the connection itself. */
  public Durability durability() {
    return write(tx -> new Durability(
        tx.handle().createQuery("pragma journal_mode").mapTo(String.class).one(),
        SYNCHRONOUS.get(
            tx.handle().createQuery("pragma synchronous").mapTo(Integer.class).one())));
  }

  @Override
  public void close() {
    writer.exclusively(() -> {
      readerPool.close();
      try {
        writerConnection.close();
      } catch (SQLException e) {
        throw new IllegalStateException("the registry did not close", e);
      }
    });
  }
}
