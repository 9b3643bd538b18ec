package io.mintmark.simulators.attack;

import io.mintmark.identity.Credential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The catalogue of hostile moves, in the order of its groups. */
public final class HostileMoves {

  private static final Map<String, HostileMove> ALL = Stream.of(
          ClientIdMoves.all(),
          CertificateMoves.all(),
          TlsMoves.all(),
          TicketMoves.all(),
          TopicMoves.all(),
          SubscriptionMoves.all(),
          WillMoves.all(),
          PacketMoves.all(),
          WebSocketMoves.all(),
          EstMoves.all(),
          CsrMoves.all(),
          ClaimMoves.all(),
          ApiMoves.all(),
          ServiceMoves.all(),
          HttpMoves.all(),
          StatusMoves.all(),
          SlowMoves.all())
      .flatMap(List::stream)
      .collect(Collectors.toMap(
          HostileMove::id,
          Function.identity(),
          (a, b) -> {
            throw new IllegalStateException("two moves " + a.id());
          },
          LinkedHashMap::new));

  /** Those that wait for something, and begin first. */
  static final Set<String> WAITING = Set.of(
      "certificate.expired",
      "claim.ended",
      "certificate.superseded",
      "will.delayed-after-revocation",
      "slow.handshake-trickle",
      "slow.connect-trickle");

  private HostileMoves() {}

  /** All, in order. */
  public static List<HostileMove> all() {
    return List.copyOf(ALL.values());
  }

  /** The groups, in order. */
  public static List<String> groups() {
    return ALL.values().stream().map(HostileMove::group).distinct().toList();
  }

  /**
   * Those chosen, in the catalogue's order.
   *
   * @param idsOrGroups none for all
   * @throws IllegalArgumentException if one is neither; one line that names what is nearest
   */
  public static List<HostileMove> select(List<String> idsOrGroups) {
    if (idsOrGroups.isEmpty()) {
      return all();
    }
    Set<String> ids = new LinkedHashSet<>();
    for (String name : idsOrGroups) {
      List<String> meant = ALL.values().stream()
          .filter(move -> move.id().equals(name) || move.group().equals(name))
          .map(HostileMove::id)
          .toList();
      if (meant.isEmpty()) {
        throw new IllegalArgumentException("there is no move or group of moves '"
            + io.mintmark.identity.Printable.of(name) + "'" + near(name)
            + ": mintmark simulate attack --list names all");
      }
      ids.addAll(meant);
    }
    return ALL.values().stream().filter(move -> ids.contains(move.id())).toList();
  }

  private static String near(String name) {
    String word = name.substring(name.indexOf('.') + 1);
    List<String> names = new ArrayList<>(groups());
    names.addAll(ALL.keySet());
    return names.stream()
        .filter(known -> word.length() > 2 && (known.contains(word) || name.startsWith(known)))
        .findFirst()
        .map(known -> " (did you mean " + known + "?)")
        .orElse("");
  }

  /** Another device's topics, published to. */
  public static List<HostileMove> foreignPublish() {
    return named("topic.foreign-publish", "topic.foreign-retained", "topic.foreign-unanswered");
  }

  /** Everything, and another device's topics, subscribed to. */
  public static List<HostileMove> foreignSubscribe() {
    return named(
        "topic.wildcard-subscribe",
        "topic.foreign-telemetry",
        "topic.foreign-commands",
        "topic.plus-subscribe",
        "topic.shared-subscribe");
  }

  /** A will on another device's topic, which the broker would publish for the intruder. */
  public static List<HostileMove> foreignWill() {
    return named("will.foreign");
  }

  /** Another device's client id, to take over its session. */
  public static List<HostileMove> foreignClientId() {
    return named("client-id.stolen", "client-id.unassigned");
  }

  /** No certificate at all. */
  public static List<HostileMove> noCertificate() {
    return named("certificate.none-tls13", "certificate.none-tls12", "certificate.none-library");
  }

  /** A certificate that nobody but its own key has signed. */
  public static List<HostileMove> selfSigned() {
    return named("certificate.self-signed");
  }

  /** A certificate of a CA that only looks like the installation's. */
  public static List<HostileMove> unknownCa() {
    return named("certificate.lookalike-ca", "certificate.false-signature");
  }

  /** A factory's certificate, which opens enrolment and nothing else. */
  public static List<HostileMove> factoryCertificate() {
    return named("certificate.bootstrap", "certificate.bootstrap-as-victim");
  }

  /** A credential that was good once: a certificate that has expired, or a revoked device's. */
  public static List<HostileMove> goodOnce(String why, Credential credential) {
    return List.of(CertificateMoves.goodOnce("certificate.good-once", why, credential));
  }

  private static List<HostileMove> named(String... ids) {
    return Stream.of(ids).map(ALL::get).toList();
  }
}
