package io.mintmark.provisioning.sql;

import java.sql.Connection;
import org.jdbi.v3.core.ConnectionFactory;

/** Hands out the same connection again and again; who uses it holds the lock of {@link GroupCommit}. */
final class OneConnection implements ConnectionFactory {

  private final Connection connection;

  OneConnection(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Connection openConnection() {
    return connection;
  }

  @Override
  public void closeConnection(Connection conn) {
    // It stays open until the registry closes.
  }
}
