package io.mintmark.cli;

import io.mintmark.provisioning.ProvisioningService;
import java.io.PrintWriter;
import java.nio.file.Path;

/** What a started service says about itself. */
final class ServiceReport {

  private ServiceReport() {}

  static void print(PrintWriter out, ProvisioningService service, Path data, String crypto) {
    out.println("Mintmark " + Version.text() + " is up: trust domain " + service.trustDomain());
    out.println("  data folder       " + data);
    out.println("  trust anchors     " + data.resolve("trust.pem"));
    out.println("  crypto provider   " + crypto);
    out.println("  EST               " + service.deviceUri() + "/.well-known/est/<fleet>/");
    out.println("  operator API      " + service.operatorUri() + "/api/v1");
    service.statusUri().ifPresent(uri -> out.println("  CRLs and OCSP     " + uri));
  }
}
