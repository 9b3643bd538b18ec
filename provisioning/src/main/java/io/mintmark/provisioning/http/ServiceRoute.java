package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.provisioning.sql.Registry;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;

/** {@code GET /api/v1/service}: what the service runs on. */
final class ServiceRoute {

  /**
   * What the service runs on.
   *
   * @param pid of its process
   * @param java version of the JDK
   * @param signatures the JCA provider that makes ECDSA signatures
   * @param journal SQLite's journal mode
   * @param synchronous SQLite's synchronous mode, of the connection that writes
   */
  private record ServiceView(
      long pid, String java, String signatures, String journal, String synchronous) {}

  private final Registry registry;

  ServiceRoute(Registry registry) {
    this.registry = registry;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/service", this::show);
  }

  private void show(Context ctx) {
    Registry.Durability durability = registry.durability();
    Json.answer(
        ctx,
        new ServiceView(
            ProcessHandle.current().pid(),
            System.getProperty("java.version"),
            signatures(),
            durability.journal(),
            durability.synchronous()));
  }

  private static String signatures() {
    try {
      return Signature.getInstance("SHA256withECDSA").getProvider().getName();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no ECDSA", e);
    }
  }
}
