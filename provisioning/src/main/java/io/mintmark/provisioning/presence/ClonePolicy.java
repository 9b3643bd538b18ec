package io.mintmark.provisioning.presence;

import io.mintmark.provisioning.Worded;

/** What follows when one of a fleet's devices shows signs of a clone. */
public enum ClonePolicy implements Worded {
  /** It is told. */
  REPORT,
  /** It is told, and the device is suspended until an operator releases it. */
  QUARANTINE
}
