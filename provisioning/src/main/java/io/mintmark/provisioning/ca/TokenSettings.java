package io.mintmark.provisioning.ca;

import java.nio.file.Path;

/**
 * Which PKCS#11 token holds keys of CAs. Immutable.
 *
 * @param library the module of its maker, a shared library
 * @param slot the id of the slot the token is in
 * @param pinFile the file whose first line is the PIN; null for the environment variable
 *     MINTMARK_PKCS11_PIN or, without it, a question at the console
 */
public record TokenSettings(Path library, long slot, Path pinFile) {}
