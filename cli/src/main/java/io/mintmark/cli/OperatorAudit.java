package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.audit.AuditJson;
import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.audit.AuditSink;
import io.mintmark.provisioning.audit.ChainHash;
import io.mintmark.provisioning.audit.Checkpoint;
import java.io.IOException;
import java.security.cert.X509Certificate;

/** The audit log as the operator API gives it, page by page. */
final class OperatorAudit {

  private static final int PAGE = 1000;

  private OperatorAudit() {}

  /** Hands on the rows after a sequence, and what goes with them. */
  static void read(OperatorClient client, long after, AuditSink sink)
      throws CommandFailure, IOException {
    sink.begin(after, before(client, after));
    JsonNode page = client.auditCheckpoints(after, PAGE);
    for (X509Certificate ca : Pem.certificates(page.path("certificates").asText())) {
      sink.certificate(ca);
    }
    while (!page.path("checkpoints").isEmpty()) {
      long last = after;
      for (JsonNode each : page.path("checkpoints")) {
        Checkpoint checkpoint = AuditJson.checkpoint(each.toString());
        sink.checkpoint(checkpoint);
        last = checkpoint.sequence();
      }
      page = client.auditCheckpoints(last, PAGE);
    }
    long last = after;
    for (JsonNode rows = client.audit(last, PAGE).path("rows");
        !rows.isEmpty();
        rows = client.audit(last, PAGE).path("rows")) {
      for (JsonNode each : rows) {
        AuditRow row = AuditJson.row(each.toString());
        sink.row(row);
        last = row.sequence();
      }
    }
  }

  private static ChainHash before(OperatorClient client, long after)
      throws CommandFailure, IOException {
    if (after == 0) {
      return ChainHash.NONE;
    }
    JsonNode row = client.audit(after - 1, 1).path("rows").path(0);
    if (row.path("sequence").asLong() != after) {
      throw new CommandFailure(CommandFailure.UNUSABLE, "the audit log has no row " + after);
    }
    return AuditJson.row(row.toString()).hash();
  }
}
