package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.FleetId;
import io.mintmark.simulators.LeanEnrolment.Enrolled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;

/** Devices for putting load on brokers: made by a factory and enrolled like any others. */
final class LoadFleet {

  static final FleetId ID = new FleetId("load");
  private static final int AT_A_TIME = 16;

  private LoadFleet() {}

  /**
   * Makes and enrols so many.
   *
   * @param folder for the factory's files
   * @throws IOException if one of them does not get its certificate
   */
  static List<LoadDevice> enrol(EnrolmentService service, Path folder, int devices)
      throws IOException, InterruptedException {
    Factory factory = Factory.open(folder, FactoryOptions.of(ID));
    List<DeviceId> ids = factory.make("load", devices);
    service.applyFleet(factory.fleetFile());
    service.importManifest(ID, factory.manifest());
    LeanEnrolment enrolment = new LeanEnrolment(service, ID);
    EstClient est = new EstClient(
        EstClient.label(service.service(), ID), Credential.anonymousTlsContext(service.trust()));
    List<X509Certificate> issuers = est.caCertificates();
    RememberingTrust trust = new RememberingTrust(service.trust());
    ForkJoinPool workers = new ForkJoinPool(AT_A_TIME);
    try {
      return workers
          .submit(() -> ids.parallelStream()
              .map(id -> {
                try {
                  Enrolled enrolled =
                      enrolment.enrol(new BootstrapDevice(id, factory.credential(id)));
                  List<X509Certificate> known = new ArrayList<>(List.of(enrolled.certificate()));
                  known.addAll(issuers);
                  Credential credential = new Credential(
                      enrolled.keys().getPrivate(), est.chain(enrolled.keys().getPublic(), known));
                  return new LoadDevice(id.value(), credential.tlsContext(trust));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
              .toList())
          .get();
    } catch (ExecutionException e) {
      throw new IOException("the devices cannot enrol: " + root(e).getMessage(), e);
    } finally {
      workers.shutdownNow();
    }
  }

  private static Throwable root(Throwable fault) {
    Throwable cause = fault;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
