package io.mintmark.provisioning;

import io.mintmark.identity.TopicGrants;
import java.security.cert.X509Certificate;
import java.util.List;

/** The backends that read telemetry and send commands. Thread-safe. */
public final class Applications {

  /**
   * One application, ready for JSON.
   *
   * @param name its name
   * @param publish filters of the topics it may publish to
   * @param subscribe filters it may subscribe to
   */
  public record ApplicationView(String name, List<String> publish, List<String> subscribe) {}

  /**
   * Creates an application or replaces what it may do.
   *
   * @throws Refusal INVALID if the name is outside the grammar or a filter names an unknown variable
   */
  public void define(String name, TopicGrants topics, String actor) throws Refusal {
    // To be filled in.
  }

  /**
   * A certificate for an application; idempotent on its name and key.
   *
   * @throws Refusal NOT_FOUND for an unknown application, INVALID if the request contradicts its
   *     identity
   */
  public X509Certificate certify(String name, SigningRequest request, String actor) throws Refusal {
    return null;
  }

  /** All applications by name. */
  public List<ApplicationView> list() {
    return null;
  }
}
