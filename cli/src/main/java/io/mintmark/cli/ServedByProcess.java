package io.mintmark.cli;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;

/** What enrols and operates at a service that runs in a process of its own. */
interface ServedByProcess extends OperatedService {

  /** That service. */
  RunningService running();

  @Override
  default URI service() {
    return running().service();
  }

  @Override
  default List<X509Certificate> trust() {
    return running().trust();
  }

  @Override
  default OperatorClient operator() {
    return running().operator();
  }
}
