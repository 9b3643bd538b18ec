package io.mintmark.broker;

import com.hivemq.extension.sdk.api.client.ClientContext;
import io.mintmark.identity.TopicGrants;

/**
 * What one session is granted, beside what HiveMQ was told of it. Changed under the lock of {@link
 * LiveSession#unlessCut} only, read by anybody.
 */
final class SessionPolicy {

  private volatile Granted granted;
  private volatile DeliveryFilter filter;
  private ClientContext context;
  private Will will;
  private boolean resumes;
  private boolean publishIsGated;

  /**
   * It is about to be admitted.
   *
   * @param itsWill null if it has none
   * @param mayResume whether it takes over what is stored of an earlier session
   */
  void begin(Granted itsGrants, Will itsWill, boolean mayResume) {
    granted = itsGrants;
    will = itsWill;
    resumes = mayResume;
  }

  /** Null before it is about to be admitted. */
  Granted granted() {
    return granted;
  }

  /** The grants with the session's own names put in. */
  TopicGrants topics() {
    Granted now = granted;
    return now == null ? TopicGrants.NONE : now.topics();
  }

  void granted(Granted next) {
    granted = next;
  }

  /** Null if it has none. */
  Will will() {
    return will;
  }

  boolean resumes() {
    return resumes;
  }

  /** HiveMQ lets us look into this connection from now on. */
  void open(ClientContext itsContext) {
    context = itsContext;
  }

  /** Whether subscribing was granted to it yet: before, no change of policy concerns it. */
  boolean isOpen() {
    return context != null;
  }

  /** Has each PUBLISH of it looked at by us, once and for all. */
  void gatePublish(PublishGate gate) {
    if (!publishIsGated) {
      publishIsGated = true;
      context.addPublishInboundInterceptor(gate);
    }
  }

  /**
   * Has each PUBLISH to it looked at by us, to the end of the connection: HiveMQ would let one
   * message overtake another if it stopped in between.
   */
  void filterDelivery(DeliveryFilter itsFilter) {
    if (filter == null) {
      filter = itsFilter;
      context.addPublishOutboundInterceptor(itsFilter);
    }
  }

  /** Null if what is delivered to it needs no looking at. */
  DeliveryFilter filter() {
    return filter;
  }
}
