package io.mintmark.provisioning;

/**
 * What a PKCS#10 request would like its sender to be called. It is compared with the identity and
 * never copied.
 */
sealed interface NamedRequest permits SigningRequest, KeyRequest {

  /** DER of the subject Name; an empty SEQUENCE when none is asked for. */
  byte[] subject();

  /** DER of the GeneralNames of the requested subjectAltName extension, or null. */
  byte[] subjectAltName();
}
