package io.mintmark.provisioning;

import java.security.PublicKey;

/**
 * A decoded PKCS#10 request (RFC 2986) whose signature was verified with its own key: proof that
 * the sender holds the private key. The names are what the sender would like to be called; they are
 * compared with the identity and never copied.
 *
 * @param publicKey the key to certify; {@link KeyPolicy} accepted it
 * @param subject DER of the subject Name; an empty SEQUENCE when none is asked for
 * @param subjectAltName DER of the GeneralNames of the requested subjectAltName extension, or null
 * @param linking what is to tie it to the TLS connection it came over (see {@link
 *     ChannelBindings}): the text of estIdentityLinking (RFC 7894, section 3.3) or, without that,
 *     of challengePassword (RFC 7030, section 3.5); null without either. It may be a password meant
 *     for somebody else and is never shown
 */
public record SigningRequest(
    PublicKey publicKey, byte[] subject, byte[] subjectAltName, String linking)
    implements NamedRequest {

  /** A request that is tied to no connection. */
  public SigningRequest(PublicKey publicKey, byte[] subject, byte[] subjectAltName) {
    this(publicKey, subject, subjectAltName, null);
  }

  /** Without what could be a secret. */
  @Override
  public String toString() {
    return "SigningRequest[" + publicKey.getAlgorithm() + "]";
  }
}
