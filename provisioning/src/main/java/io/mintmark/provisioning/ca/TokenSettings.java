package io.mintmark.provisioning.ca;

import java.nio.file.Path;

/**
 * Which PKCS#11 token holds keys of CAs. Immutable.
 *
 * @param library the module of its maker, a shared library
 * @param token the token's label
 * @param pinFile the file whose first line is the PIN; null for the environment variable
 *     MINTMARK_PKCS11_PIN
 */
public record TokenSettings(Path library, String token, Path pinFile) {}
