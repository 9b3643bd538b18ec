package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the verbs that use the operator API share. */
abstract class OperatorVerb implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Mixin
  private OperatorOptions operator;

  OperatorClient client() throws CommandFailure {
    return operator.client();
  }

  List<X509Certificate> trustAnchors() throws CommandFailure {
    return operator.trustAnchors();
  }

  boolean isRemote() {
    return operator.isRemote();
  }

  Path dataFolder() {
    return operator.dataFolder();
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Shows how far the service is with many at once, until it is done. */
  void follow(JsonNode run) throws CommandFailure, InterruptedException {
    new RunFollower(client(), out(), err()).follow(run);
  }

  /** The query parameters of a listing: those filters that were given. */
  static Map<String, String> query(String fleet, String state) {
    Map<String, String> query = new HashMap<>();
    if (fleet != null) {
      query.put("fleet", fleet);
    }
    if (state != null) {
      query.put("state", state);
    }
    return query;
  }

  /** A verb that shows what the API answers. */
  abstract static class Showing extends OperatorVerb {
    @Mixin
    private Listing listing;

    void show(JsonNode answer) {
      listing.print(out(), answer);
    }
  }
}
