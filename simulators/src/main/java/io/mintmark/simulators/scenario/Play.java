package io.mintmark.simulators.scenario;

import io.mintmark.simulators.Progress;
import io.mintmark.simulators.RollingApplication;
import io.mintmark.simulators.fleet.FleetEngine;
import io.mintmark.simulators.results.Recorder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/**
 * What the phases of a run share.
 *
 * @param target what is played against
 * @param fleet who plays
 * @param recorder takes down what happens
 * @param progress told what goes on
 * @param folder for files of this run
 * @param seed of what is left to chance
 * @param applications those that are connected now; a change of CAs has them renew
 * @param events what the fleet tells, and who is there
 * @param over whether all verbs of this step that end by themselves have ended
 */
public record Play(
    Target target,
    FleetEngine fleet,
    Recorder recorder,
    Progress progress,
    Path folder,
    long seed,
    List<RollingApplication> applications,
    FleetEvents events,
    BooleanSupplier over) {

  /** Of a single phase, with nothing beside it. */
  public Play(Target target, FleetEngine fleet, Recorder recorder, Progress progress, Path folder) {
    this(
        target,
        fleet,
        recorder,
        progress,
        folder,
        1,
        new CopyOnWriteArrayList<>(),
        FleetEvents.of(fleet),
        () -> false);
  }

  /** The same for verbs that are over then. */
  Play until(BooleanSupplier end) {
    return new Play(target, fleet, recorder, progress, folder, seed, applications, events, end);
  }
}
