package io.mintmark.simulators.scenario;

import io.mintmark.simulators.Progress;
import io.mintmark.simulators.fleet.FleetEngine;
import io.mintmark.simulators.results.Recorder;
import java.nio.file.Path;

/**
 * What the phases of a run share.
 *
 * @param target what is played against
 * @param fleet who plays
 * @param recorder takes down what happens
 * @param progress told what goes on
 * @param folder for files of this run
 */
public record Play(
    Target target, FleetEngine fleet, Recorder recorder, Progress progress, Path folder) {}
