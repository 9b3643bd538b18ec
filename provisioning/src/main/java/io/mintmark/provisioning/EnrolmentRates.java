package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.RateLimiter;
import io.mintmark.provisioning.limits.Limits;
import java.util.function.LongSupplier;

/**
 * How often a device and a fleet may ask for certificates. Asked only of those whose certificate was
 * validated: a stranger can neither use up what is a fleet's nor fill the memory of the devices'. A
 * device's own excess is not counted for its fleet. Thread-safe.
 */
final class EnrolmentRates {

  private static final int MOST_DEVICES = 100_000;
  private static final int MOST_FLEETS = 10_000;

  private final RateLimiter<String> devices;
  private final RateLimiter<FleetId> fleets;

  EnrolmentRates(Limits.Rates rates, LongSupplier nanoTime) {
    devices = new RateLimiter<>(rates.device(), MOST_DEVICES, nanoTime);
    fleets = new RateLimiter<>(rates.fleet(), MOST_FLEETS, nanoTime);
  }

  /**
   * Counts an enrolment. The device is told by what it showed together with its id: the certificate
   * of a claim is many devices', and whoever has it could otherwise use up what is another's.
   *
   * @throws Refusal TOO_MANY with the time to wait
   */
  void enrolling(Candidate candidate) throws Refusal {
    Identity.Device device = candidate.identity();
    count(device, candidate.certificateSha256() + " " + device.spiffeId());
  }

  /**
   * Counts a renewal. By the identity alone: each renewal brings another certificate.
   *
   * @throws Refusal TOO_MANY with the time to wait
   */
  void renewing(Identity identity) throws Refusal {
    count(identity, identity.spiffeId());
  }

  private void count(Identity identity, String key) throws Refusal {
    refuse(devices.take(key), "'" + identity.spiffeId() + "' asks too often");
    if (identity instanceof Identity.Device device) {
      refuse(fleets.take(device.fleet()), "too many devices of fleet '" + device.fleet() + "' ask");
    }
  }

  private static void refuse(long seconds, String why) throws Refusal {
    if (seconds > 0) {
      throw Refusal.tooMany(why, seconds);
    }
  }
}
