package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Copies of a registry's database. Stateless. */
public final class RegistryCopy {

  private static final int BUSY_MILLIS = 30_000;

  private RegistryCopy() {}

  /**
   * Copies a registry as it is at one moment, whether or not a service, in any process of this
   * machine, is writing to it: that one does not wait for the copy.
   *
   * @param to not there yet
   * @throws StartException if it cannot be read or written
   */
  public static void make(Path from, Path to) throws StartException {
    if (!Files.isRegularFile(from)) {
      throw new StartException("there is no registry " + from + ": name the data folder (--data)");
    }
    try (Connection connection = open(from);
        PreparedStatement copy = connection.prepareStatement("vacuum into ?")) {
      copy.setString(1, to.toString());
      copy.execute();
    } catch (SQLException e) {
      throw new StartException("the registry " + from + " cannot be copied: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a registry that nobody else uses from end to end.
   *
   * @throws StartException if SQLite finds it damaged
   */
  public static void requireIntact(Path file) throws StartException {
    String found;
    try (Connection connection = open(file);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("pragma integrity_check(1)")) {
      found = row.next() ? row.getString(1) : "nothing";
    } catch (SQLException e) {
      throw new StartException("the registry " + file + " is damaged: " + e.getMessage(), e);
    }
    if (!found.equals("ok")) {
      throw new StartException("the registry " + file + " is damaged: " + found);
    }
  }

  private static Connection open(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source.getConnection();
  }
}
