package io.mintmark.provisioning.sql;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Operators and the hashes of their tokens. Stateless. */
public final class OperatorTable {

  private OperatorTable() {}

  /** The operator's name, if the hash is somebody's. */
  public static Optional<String> find(Handle handle, String tokenSha256) {
    return handle
        .createQuery("select name from operators where token_sha256 = :token")
        .bind("token", tokenSha256)
        .mapTo(String.class)
        .findOne();
  }

  /** Whether there is none yet. */
  public static boolean isEmpty(Handle handle) {
    return handle
            .createQuery("select count(*) from operators")
            .mapTo(Integer.class)
            .one()
        == 0;
  }

  /** Forgets all of them: their tokens open nothing any more. */
  public static void clear(Transaction tx) {
    tx.handle().createUpdate("delete from operators").execute();
  }

  /** A new operator. */
  public static void insert(Transaction tx, String name, String tokenSha256, Instant now) {
    tx.handle()
        .createUpdate("""
            insert into operators (token_sha256, name, created_at) values (:token, :name, :now)
            """)
        .bind("token", tokenSha256)
        .bind("name", name)
        .bind("now", now.toEpochMilli())
        .execute();
  }
}
