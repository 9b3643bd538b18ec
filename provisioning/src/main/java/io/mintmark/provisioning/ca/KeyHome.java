package io.mintmark.provisioning.ca;

import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.StartException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** A place where private keys of CAs are kept. Implementations are thread-safe. */
interface KeyHome {

  /** What the names of keys made for a role begin with. */
  static String name(Role role, X509Certificate certificate) {
    return role.word() + "-" + KeyIds.hex(certificate.getPublicKey());
  }

  /**
   * Makes a P-256 key and keeps it.
   *
   * @throws StartException if it cannot be kept
   */
  CaKey create(Role role) throws StartException;

  /** How {@link #create} would name the key of this certificate. */
  String ref(Role role, X509Certificate certificate);

  /** Whether there is a key of this name; it is not opened. */
  boolean holds(String ref);

  /**
   * A key.
   *
   * @return empty if there is none of this name
   * @throws StartException if it is not readable
   */
  Optional<CaKey> find(String ref) throws StartException;

  /**
   * Keeps a certificate with its key, for people who look there; the registry has it anyway.
   *
   * @param chain the key's first
   * @throws StartException if it cannot be kept
   */
  void certified(String ref, List<X509Certificate> chain) throws StartException;
}
