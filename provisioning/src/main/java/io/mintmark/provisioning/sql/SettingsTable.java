package io.mintmark.provisioning.sql;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What is true of the installation as a whole, by name. Stateless. */
public final class SettingsTable {

  /** The installation's trust domain. */
  public static final String TRUST_DOMAIN = "trust-domain";

  /** A random name of this registry, so that brokers notice when theirs was exchanged. */
  public static final String FEED_ID = "feed-id";

  /** A random secret: seals the places in the feed that brokers are told. */
  public static final String FEED_KEY = "feed-key";

  /** SHA-256 of the first issuing CA's certificate: from then on the CA is never made anew. */
  public static final String ISSUING_CA = "issuing-ca";

  private SettingsTable() {}

  /** The value, if it was ever set. */
  public static Optional<String> find(Handle handle, String name) {
    return handle
        .createQuery("select value from settings where name = :name")
        .bind("name", name)
        .mapTo(String.class)
        .findOne();
  }

  /** Sets a value for good. */
  public static void insert(Transaction tx, String name, String value) {
    tx.handle()
        .createUpdate("insert into settings (name, value) values (:name, :value)")
        .bind("name", name)
        .bind("value", value)
        .execute();
  }
}
