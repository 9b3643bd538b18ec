package io.mintmark.provisioning;

import io.mintmark.provisioning.ca.TokenSettings;
import java.util.Optional;

/**
 * What the operator may set about the CAs. Immutable.
 *
 * @param activationShare percent of the devices seen that must hold a root before anything is
 *     signed below it; 0 to 100
 * @param token where keys of CAs are made and kept, in place of files
 */
public record CaSettings(int activationShare, Optional<TokenSettings> token) {

  /** Keys in files; 99 of 100 devices. */
  public static final CaSettings DEFAULT = new CaSettings(99, Optional.empty());
}
