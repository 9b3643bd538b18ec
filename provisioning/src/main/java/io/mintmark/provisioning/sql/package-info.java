/**
 * The registry: one SQLite file. {@link io.mintmark.provisioning.sql.Registry} gives out
 * transactions; the tables hold the SQL and nothing else.
 */
package io.mintmark.provisioning.sql;
