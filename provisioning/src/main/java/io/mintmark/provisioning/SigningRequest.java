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
 */
public record SigningRequest(PublicKey publicKey, byte[] subject, byte[] subjectAltName)
    implements NamedRequest {}
