package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.mintmark.provisioning.ServiceSettings;
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
   * @param statusUrl where certificates say that their status is told; null if they do not
   */
  private record ServiceView(
      long pid,
      String java,
      String signatures,
      String journal,
      String synchronous,
      String statusUrl) {}

  private final Registry registry;
  private final ServiceSettings settings;

  ServiceRoute(Registry registry, ServiceSettings settings) {
    this.registry = registry;
    this.settings = settings;
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
            durability.synchronous(),
            settings.status().map(status -> status.base().toString()).orElse(null)));
  }

  private static String signatures() {
    try {
      return Signature.getInstance("SHA256withECDSA").getProvider().getName();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no ECDSA", e);
    }
  }
}
