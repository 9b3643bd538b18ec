package io.mintmark.provisioning.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilderFactory;
import org.jdbi.v3.core.statement.StatementContext;
import org.sqlite.SQLiteConnection;

/**
 * Prepares each SQL text once and uses it again: SQLite takes longer to plan our statements than to
 * run them. For one connection and whoever has it to himself.
 */
final class KeptStatements extends DefaultStatementBuilder {

  /** There are fewer texts; a bound all the same. */
  private static final int MOST = 200;

  private final Connection own;
  private final Map<String, PreparedStatement> idle = new HashMap<>();

  /** Their texts as prepared: Jdbi closes by the text with its named parameters still in it. */
  private final IdentityHashMap<Statement, String> lent = new IdentityHashMap<>();

  /**
   * @param own not a pool's stand-in for one, which closes its statements when it is given back
   */
  KeptStatements(Connection own) {
    this.own = own;
  }

  /** Those of each connection of a pool, which must keep its connections for good. */
  static StatementBuilderFactory ofPool() {
    Map<Connection, KeptStatements> all = new ConcurrentHashMap<>();
    return lent -> {
      try {
        return all.computeIfAbsent(lent.unwrap(SQLiteConnection.class), KeptStatements::new);
      } catch (SQLException e) {
        throw new IllegalStateException("the pool does not lend connections of SQLite", e);
      }
    };
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    if (context.isReturningGeneratedKeys() || context.isConcurrentUpdatable()) {
      return super.create(own, sql, context);
    }
    PreparedStatement kept = idle.remove(sql);
    PreparedStatement statement = kept == null ? super.create(own, sql, context) : kept;
    lent.put(statement, sql);
    return statement;
  }

  /** Keeps it for the next time, unless one of the same text is there. */
  @Override
  public void close(Connection connection, String sqlWithNames, Statement statement)
      throws SQLException {
    String sql = lent.remove(statement);
    if (sql != null
        && idle.size() < MOST
        && !idle.containsKey(sql)
        && statement instanceof PreparedStatement prepared) {
      prepared.clearParameters();
      idle.put(sql, prepared);
    } else {
      super.close(connection, sqlWithNames, statement);
    }
  }
}
