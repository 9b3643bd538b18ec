package io.mintmark.provisioning.sql;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.DeviceIdSource;
import io.mintmark.provisioning.EnrolmentPolicy;
import io.mintmark.provisioning.EnrolmentPolicy.ChannelBinding;
import io.mintmark.provisioning.EnrolmentPolicy.Webhook;
import io.mintmark.provisioning.Worded;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/** How the devices of each fleet enrol. Stateless. */
public final class EnrolmentTable {

  private EnrolmentTable() {}

  /** The policy of a fleet, which there is for each. */
  static EnrolmentPolicy find(Handle handle, FleetId fleet) {
    return handle
        .createQuery("select * from enrolments where fleet = :fleet")
        .bind("fleet", fleet.value())
        .map((row, ctx) -> new EnrolmentPolicy(
            Worded.of(EnrolmentPolicy.Mode.class, row.getString("mode")),
            Worded.of(DeviceIdSource.class, row.getString("device_id")),
            Worded.of(EnrolmentPolicy.Again.class, row.getString("again")),
            webhook(row),
            Worded.of(ChannelBinding.class, row.getString("channel_binding")),
            row.getBoolean("server_keygen")))
        .one();
  }

  /** Whether any fleet ties requests to connections. */
  public static boolean anyChannelBinding(Handle handle) {
    return handle
        .createQuery("select exists (select 1 from enrolments where channel_binding <> :off)")
        .bind("off", ChannelBinding.OFF.word())
        .mapTo(Boolean.class)
        .one();
  }

  /** Makes the policy what it is now. */
  static void put(Transaction tx, FleetId fleet, EnrolmentPolicy policy) {
    Webhook webhook = policy.webhook();
    tx.handle()
        .createUpdate("""
            insert or replace into enrolments (fleet, mode, device_id, again, webhook_url,
                                               webhook_timeout_ms, webhook_trust,
                                               channel_binding, server_keygen)
            values (:fleet, :mode, :deviceId, :again, :url, :timeout, :trust, :binding,
                    :serverKeygen)
            """)
        .bind("fleet", fleet.value())
        .bind("mode", policy.mode().word())
        .bind("deviceId", policy.deviceId().word())
        .bind("again", policy.again().word())
        .bind("url", webhook == null ? null : webhook.url().toString())
        .bind("timeout", webhook == null ? null : webhook.timeout().toMillis())
        .bind("trust", webhook == null ? null : Pem.encode(webhook.trust()))
        .bind("binding", policy.channelBinding().word())
        .bind("serverKeygen", policy.serverKeygen() ? 1 : 0)
        .execute();
  }

  private static Webhook webhook(ResultSet row) throws SQLException {
    String url = row.getString("webhook_url");
    return url == null
        ? null
        : new Webhook(
            URI.create(url),
            Duration.ofMillis(row.getLong("webhook_timeout_ms")),
            Pem.certificates(row.getString("webhook_trust")));
  }
}
