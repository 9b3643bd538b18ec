package io.mintmark.provisioning;

import java.security.PublicKey;
import java.util.Optional;

/**
 * A decoded request for a key made here (RFC 7030, section 4.4.1). Its own key and signature prove
 * nothing and are not looked at, but for the type of key its sender would like.
 *
 * @param sha256 of the request's SubjectPublicKeyInfo in a form no SubjectPublicKeyInfo's own hash
 *     has: it tells one request from another, and never passes for a key that was certified or
 *     approved. Lower-case hex
 * @param like a key of the type that is wanted, or null
 * @param subject as of {@link NamedRequest}
 * @param subjectAltName as of {@link NamedRequest}
 * @param linking as of {@link SigningRequest}
 */
public record KeyRequest(
    String sha256, PublicKey like, byte[] subject, byte[] subjectAltName, String linking)
    implements NamedRequest {

  /** Without what could be a secret. */
  @Override
  public String toString() {
    return "KeyRequest[" + sha256 + "]";
  }

  /** The type of key to make: the one wanted where the profile has it, else the profile's first. */
  KeyType type(DeviceProfile profile) {
    return Optional.ofNullable(like)
        .flatMap(KeyType::of)
        .filter(profile.keyTypes()::contains)
        .orElse(profile.keyTypes().get(0));
  }
}
