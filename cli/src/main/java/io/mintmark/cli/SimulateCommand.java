package io.mintmark.cli;

import io.mintmark.simulators.attack.AttackPhase;
import io.mintmark.simulators.fault.ProxiedTarget;
import io.mintmark.simulators.fleet.EngineNeeds;
import io.mintmark.simulators.fleet.SdkEngine;
import io.mintmark.simulators.results.CommandLineText;
import io.mintmark.simulators.results.Expectation;
import io.mintmark.simulators.results.HtmlReport;
import io.mintmark.simulators.results.Results;
import io.mintmark.simulators.scenario.BuiltIn;
import io.mintmark.simulators.scenario.Draft;
import io.mintmark.simulators.scenario.Scenario;
import io.mintmark.simulators.scenario.ScenarioRun;
import io.mintmark.simulators.scenario.Settings.Value;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "simulate",
    description =
        "Play a scenario with a fleet of devices against an installation: a temporary one,"
            + " one of this machine (--data) or one elsewhere (--service ...). Flags change what the"
            + " scenario says. Exit codes: 0 fine, 1 an expectation or the run failed, 2 it could not"
            + " begin, 130 stopped by Ctrl-C, which still reports.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = SimulateReportCommand.class,
    modelTransformer = SimulateFlags.class)
final class SimulateCommand implements Callable<Integer> {

  /** What a shell says of a program that was stopped by Ctrl-C. */
  private static final int INTERRUPTED = 130;

  /** What a folder of results has its summary in. */
  static final String SUMMARY = "summary.json";

  @Spec
  private CommandSpec spec;

  @Parameters(
      paramLabel = "SCENARIO",
      arity = "0..1",
      description = "The name of a built-in one (--list), or a YAML file (--show NAME prints one to"
          + " start from).")
  private String name;

  @Option(names = "--list", description = "List the built-in scenarios; of attack its moves.")
  private boolean list;

  @Option(
      names = "--show",
      paramLabel = "NAME",
      description = "Print a built-in scenario, and play nothing.")
  private String show;

  @Option(
      names = "--expect",
      paramLabel = "EXPECTATION",
      description =
          "Hold the run to this as well, as in 'connect.p99<500ms' or 'lost==0'; repeat it"
              + " for more.")
  private List<String> expectations = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write raw.jsonl, summary.json and report.html into this folder.")
  private Path out;

  @Option(
      names = "--progress",
      paramLabel = "auto|plain|live|none",
      defaultValue = "auto",
      description =
          "A block that is drawn anew (live), a line now and then (plain) or nothing; auto is"
              + " live on a terminal, none where CI is set (default: ${DEFAULT-VALUE}).")
  private String progressMode;

  @Option(
      names = "--keep",
      description = "Keep the logs of this process, service and broker, and say where they are.")
  private boolean keep;

  @Mixin
  private TargetOptions targets;

  @Override
  public Integer call() throws Exception {
    if (list || show != null) {
      print();
      return 0;
    }
    if (name == null) {
      throw unusable("a scenario is needed: one of " + String.join(", ", BuiltIn.names())
          + ", or a file.yaml");
    }
    Draft draft = ScenarioFile.find(name);
    try {
      for (String each : expectations) {
        draft = draft.withExpectation(new Value(each, "--expect"));
      }
      draft = SimulateFlags.apply(draft, spec.commandLine().getParseResult());
      Scenario scenario = draft.scenario();
      List<Expectation> held = new ArrayList<>();
      for (String each : scenario.expectations()) {
        held.add(Expectation.parse(each));
      }
      return run(scenario, held, progress());
    } catch (IllegalArgumentException e) {
      throw unusable(e.getMessage());
    }
  }

  private void print() throws CommandFailure {
    PrintWriter to = spec.commandLine().getOut();
    if (show != null) {
      ScenarioFile.find(show);
      to.print(BuiltIn.names().contains(show) ? BuiltIn.text(show) : "");
    } else if ("attack".equals(name)) {
      to.print(AttackPhase.list());
    } else {
      for (String each : BuiltIn.names()) {
        to.println("%-10s %s".formatted(each, ScenarioFile.find(each).description()));
      }
    }
    to.flush();
  }

  private RunProgress progress() {
    if (!RunProgress.Mode.WORDS.contains(progressMode)) {
      throw new IllegalArgumentException("--progress '" + progressMode + "' is not known: use "
          + String.join(", ", RunProgress.Mode.WORDS));
    }
    return new RunProgress(
        spec.commandLine().getErr(),
        RunProgress.Mode.valueOf(progressMode.toUpperCase(Locale.ROOT)));
  }

  private int run(Scenario scenario, List<Expectation> held, RunProgress progress)
      throws Exception {
    // One key share of the curve the provider is fast at, as devices with little power send it.
    System.setProperty("jdk.tls.namedGroups", "secp256r1");
    String crypto = CryptoProvider.install();
    check(scenario);
    FoundInstallation found = targets.isOwn() ? null : targets.find(scenario.needsOperator());
    Path folder = Files.createTempDirectory("mintmark-simulate");
    Simulation.End end = null;
    Stop stop = new Stop(() -> progress.step("Stopping ..."));
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.add(() -> TemporaryFolder.delete(folder));
      OwnInstallation own = new OwnInstallation(folder, targets.warmUp());
      Target target = found == null ? own : found;
      Simulation.Order order =
          new Simulation.Order(scenario, state(scenario, folder), folder, raw(), command(), held);
      new ScenarioRun(scenario).check(target, order.plan());
      Console.logTo(folder.resolve("simulate.log"));
      shutdown.add(own);
      shutdown.add(stop);
      try {
        progress.step("Scenario %s: %d devices, engine %s, crypto provider %s"
            .formatted(scenario.name(), scenario.devices(), scenario.engine(), crypto));
        progress.step("Against " + target.describe());
        if (found == null) {
          progress.update("starting its service and its broker");
          own.start();
        }
        end = play(new Simulation(order, target, progress), stop);
        write(end.results());
        if (keep) {
          keep(folder);
        }
      } catch (Exception e) {
        if (end != null || !stop.asked()) {
          throw e;
        }
        // What fails then is of the stopping.
        progress.done();
        spec.commandLine().getErr().println("mintmark: stopped before anything was played");
      } finally {
        stop.over();
      }
    }
    if (end == null) {
      return INTERRUPTED;
    }
    if (end.failure() != null) {
      throw new CommandFailure(CommandFailure.FAILED, end.failure());
    }
    return stop.asked() ? INTERRUPTED : end.passed() ? 0 : CommandFailure.FAILED;
  }

  /** What needs nothing to be started. */
  private void check(Scenario scenario) throws CommandFailure {
    if (scenario.engine().equals(Scenario.SDK) && scenario.devices() > SdkEngine.MOST) {
      throw unusable("engine sdk plays up to " + SdkEngine.MOST + " devices, not "
          + scenario.devices() + ": use --engine swarm");
    }
    Optional<String> files = EngineNeeds.missing(
        scenario.devices(),
        ProxiedTarget.descriptors(scenario.devices(), scenario.phases()),
        targets.isOwn());
    if (files.isPresent()) {
      throw unusable(files.get());
    }
    if (scenario.state() != null && targets.isOwn()) {
      throw unusable(
          "--state keeps the devices of an installation for the next run, and a temporary one"
              + " has none: leave it out, or name an installation with --data");
    }
    if (out != null && out.toString().isEmpty()) {
      throw unusable("--out is empty: name a folder");
    }
    if (out != null && Files.exists(out) && !Files.isDirectory(out)) {
      throw unusable("--out " + out + " is a file: name a folder");
    }
    if (out != null && !canBeMade(out)) {
      throw unusable("--out " + out + " cannot be made: name a folder where this user may write");
    }
  }

  private static Simulation.End play(Simulation simulation, Stop stop)
      throws CommandFailure, InterruptedException {
    stop.begin();
    try {
      return simulation.run();
    } catch (IOException e) {
      throw unusable(e.getMessage());
    } finally {
      stop.end();
    }
  }

  /** Where the devices' credentials are: for the next run, where there may be one. */
  private Path state(Scenario scenario, Path folder) {
    if (targets.isOwn()) {
      return folder.resolve("state");
    }
    return scenario.state() == null
        ? Path.of("mintmark-simulate", scenario.fleet().value())
        : scenario.state();
  }

  /** It is made when the run begins, so that one that is refused leaves nothing. */
  private static boolean canBeMade(Path folder) {
    Path there = folder.toAbsolutePath();
    while (Files.notExists(there)) {
      there = there.getParent();
    }
    return Files.isDirectory(there) && Files.isWritable(there);
  }

  private Path raw() {
    return out == null ? null : out.resolve("raw.jsonl");
  }

  private String command() {
    return CommandLineText.of(
        "mintmark", spec.root().commandLine().getParseResult().originalArgs());
  }

  private void write(Results results) throws IOException {
    PrintWriter to = spec.commandLine().getOut();
    to.print(results.table());
    if (out != null) {
      Files.writeString(out.resolve(SUMMARY), results.toJson());
      Path page = out.resolve("report.html");
      Files.writeString(page, HtmlReport.of(results));
      to.println("Report: " + page);
    }
    to.flush();
  }

  /** A folder of the same name that nobody deletes. */
  private void keep(Path folder) throws IOException {
    Path kept = folder.resolveSibling(folder.getFileName() + "-kept");
    Files.createDirectory(kept);
    for (String log : List.of("simulate.log", "service/service.log", "broker/broker.log")) {
      if (Files.exists(folder.resolve(log))) {
        Files.copy(folder.resolve(log), kept.resolve(Path.of(log).getFileName()));
      }
    }
    spec.commandLine().getErr().println("Logs: " + kept);
  }

  private static CommandFailure unusable(String line) {
    return new CommandFailure(CommandFailure.UNUSABLE, line);
  }
}
