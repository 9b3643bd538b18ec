package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.client.parameter.ClientTlsInformation;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TopicGrants;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits a CONNECT by the certificate its TLS session shows; user name and password are not looked
 * at. One instance serves all connections.
 *
 * <p>Order matters: TLS chain, identity, client id, expiry, then the session is registered, and only
 * then are the denials read. A revocation that arrives in between is seen by one side or the other.
 * What is granted here is publishing; {@link LivePolicy} adds subscribing, when HiveMQ has it put up
 * what that takes.
 */
final class CertificateAuthenticator implements SimpleAuthenticator {

  private static final Logger log = LoggerFactory.getLogger(CertificateAuthenticator.class);

  private final ConnectGate gate;
  private final Admission admission;
  private final ChainCheck chainCheck;
  private final LiveSessions sessions;
  private final SessionObserver observer;

  CertificateAuthenticator(
      ConnectGate gate,
      Admission admission,
      ChainCheck chainCheck,
      LiveSessions sessions,
      SessionObserver observer) {
    this.gate = gate;
    this.admission = admission;
    this.chainCheck = chainCheck;
    this.sessions = sessions;
    this.observer = observer;
  }

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    // First of all: whatever goes wrong below, nothing is granted.
    output.getDefaultPermissions().setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
    X509Certificate certificate = null;
    LiveSession session = null;
    boolean admitted = false;
    try {
      List<X509Certificate> chain = chain(input);
      certificate = chain.get(0);
      gate.arrived();
      String serial = serial(certificate);
      session = register(input, output, chain, serial);
      Granted granted = admission.grants(session.identity(), serial, session.issuers());
      TopicGrants topics = granted.topics();
      Will will = Will.of(input.getConnectPacket());
      Will.require(will, topics);
      session.policy().begin(granted, will, !input.getConnectPacket().getCleanStart());
      if (!sessions.admit(session, Permissions.publish(topics))) {
        throw new RefusedException(session.cutReason(), "while connecting");
      }
      output.authenticateSuccessfully(true);
      admitted = true;
      observer.admitted(session);
    } catch (RefusedException e) {
      refuse(input, output, certificate, e);
    } catch (RuntimeException | Error e) {
      // An Error, too: HiveMQ would leave the client without any answer.
      log.error("a CONNECT could not be judged and is refused", e);
      refuse(input, output, certificate, new RefusedException(Refusal.FAILURE, e.toString()));
    } finally {
      if (session != null && !admitted) {
        sessions.remove(session);
      }
    }
  }

  private LiveSession register(
      SimpleAuthInput input, SimpleAuthOutput output, List<X509Certificate> chain, String serial)
      throws RefusedException {
    // MQTT 5.0, section 4.12: a method the server does not know must not be passed over.
    String method = input.getConnectPacket().getAuthenticationMethod().orElse(null);
    if (method != null) {
      throw new RefusedException(Refusal.AUTHENTICATION_METHOD, Printable.of(method));
    }
    List<String> issuers = chainCheck.require(chain);
    gate.identified(serial);
    String clientId = input.getClientInformation().getClientId();
    Identity identity = admission.identify(chain.get(0), clientId);
    LiveSession session = sessions.register(
        clientId,
        new Presented(identity, chain.get(0), issuers),
        address(input),
        output.getDefaultPermissions());
    session.keepAlive(input.getConnectPacket().getKeepAlive());
    SessionEvents.mark(input.getConnectionInformation(), session);
    return session;
  }

  private static List<X509Certificate> chain(SimpleAuthInput input) throws RefusedException {
    X509Certificate[] chain = input
        .getConnectionInformation()
        .getClientTlsInformation()
        .flatMap(ClientTlsInformation::getClientCertificateChain)
        .orElse(new X509Certificate[0]);
    if (chain.length == 0) {
      throw new RefusedException(Refusal.NO_CERTIFICATE, "the listener asked for none, or no TLS");
    }
    return List.of(chain);
  }

  private static String serial(X509Certificate certificate) {
    return Presented.serial(certificate.getSerialNumber());
  }

  /** Null if HiveMQ does not know. */
  private static InetAddress address(SimpleAuthInput input) {
    return input.getConnectionInformation().getInetAddress().orElse(null);
  }

  private void refuse(
      SimpleAuthInput input,
      SimpleAuthOutput output,
      X509Certificate certificate,
      RefusedException why) {
    output.failAuthentication(why.refusal().code(), why.refusal().text());
    observer.refused(new RefusedConnect(
        why.refusal(),
        certificate == null ? null : name(certificate),
        certificate == null ? null : serial(certificate),
        input.getClientInformation().getClientId(),
        RefusedConnect.address(input.getConnectionInformation()),
        why.getMessage()));
  }

  /** The identity, or where there is none the subject. */
  private static String name(X509Certificate certificate) {
    try {
      return Identity.of(certificate).spiffeId();
    } catch (IllegalArgumentException e) {
      return Quoted.of(certificate.getSubjectX500Principal().getName());
    }
  }
}
