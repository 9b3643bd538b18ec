package io.mintmark.simulators;

import io.mintmark.identity.FleetId;
import io.mintmark.simulators.RolloverSteps.Step;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A change of CAs of a running installation, as an operator would and without force: to a new issuing CA,
 * and where it is wanted to a new root after that. Nothing follows a step that failed. Run once.
 */
public final class CaChange {

  private final RolloverSteps steps;
  private final boolean root;

  /**
   * @param site whose CAs change
   * @param fleet the devices that go along
   * @param label their fleet's
   * @param applications those that renew along with them
   * @param lifetime of the devices' certificates, of which each step may take two
   * @param root whether the root changes, too
   * @param progress told what goes on
   */
  public CaChange(
      Site site,
      Authorities authorities,
      RollingFleet fleet,
      FleetId label,
      List<RollingApplication> applications,
      Duration lifetime,
      boolean root,
      Progress progress) {
    this.steps = new RolloverSteps(
        site, authorities, fleet, label, applications, lifetime, progress, new Figures());
    this.root = root;
  }

  /**
   * Runs it.
   *
   * @param began told the title of each step before it
   * @param ended told what each came to
   */
  public void run(Consumer<String> began, Consumer<Claim> ended) throws InterruptedException {
    for (Map.Entry<RolloverRow, Step> each : steps().entrySet()) {
      RolloverRow row = each.getKey();
      began.accept(row.title());
      Claim claim = Rollover.claim(row, each.getValue());
      ended.accept(claim);
      if (!claim.passed()) {
        return;
      }
    }
  }

  private Map<RolloverRow, Step> steps() {
    Map<RolloverRow, Step> all = new LinkedHashMap<>();
    all.put(RolloverRow.NEW_ISSUING, steps::newIssuing);
    if (root) {
      all.put(RolloverRow.TOO_EARLY, steps::tooEarly);
      all.put(RolloverRow.HELD, steps::held);
      all.put(RolloverRow.RENEWED, steps::renewed);
      all.put(RolloverRow.OTHERS, steps::others);
      all.put(RolloverRow.RETIRED, steps::retired);
      all.put(RolloverRow.GONE, steps::gone);
    }
    return all;
  }
}
