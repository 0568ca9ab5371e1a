#include "harness/cli/series_arguments.hpp"

#include <memory>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr const char* gate_footer =
    "RANGE is BASE..HEAD; the base is where both part. Without RANGE, --mbox,\n"
    "--staged or --worktree it is @{upstream}..HEAD. Nothing is written to the tree:\n"
    "commits are checked out, built and kept in bootgate's store.\n"
    "Exit status: 0 nothing is broken, 1 the series broke something, 2 usage (or a\n"
    "patch that does not apply), 3 the test bench failed, or the base is broken,\n"
    "130 interrupted.";

constexpr const char* bisect_footer =
    "Without --case and --title any failure is bad. A commit that does not build, or\n"
    "on which the case is not reached, is skipped. What was found is remembered until\n"
    "it is done: after an interruption the same command goes on. With --title the\n"
    "bad end is tried first.\n"
    "Without --good and --bad the tree's HEAD is judged, for `git bisect run`:\n"
    "  git bisect run bootgate bisect --case boot/login\n"
    "Exit status: 0 found, 2 usage, 3 the test bench failed, or skipped commits hide\n"
    "it, 130 interrupted. For `git bisect run`: 0 good, 1 bad, 125 skip, and 128\n"
    "where nothing can be told, which ends it.";

/// How commits are built and booted: what `run` has, but for the kernels.
void declare_trial(CLI::App& app, RawRun& raw) {
  describe(app.add_option("--suite", raw.run.suites, "A name, or a file"), "Which cases", "SUITE");
  describe(app.add_option("--filter", raw.run.options.execution.selection.filters,
                          "Cases: a name, a glob of SUITE/CASE or JOB/CASE"),
           "Which cases", "GLOB");
  describe(app.add_option("--config", raw.configs, config_help)->expected(1), "How a kernel is built", "CONFIG");
  declare_build_options(app, raw.run.options.build, raw.run.options.kernel_org);
  describe(app.add_option("--append", raw.run.options.append, "More kernel parameters"), "The machine", "PARAMETERS");
  declare_machine(app, raw);
  describe(app.add_option("--timeout-scale", raw.run.options.timeout_scale, "Multiplies every duration of a suite")
               ->check(CLI::Range(0.001, 1000.0)),
           "The verdict", "X");
  declare_known_issues(app, raw.run.known_issues, "The verdict");
  const char* heading = "Reports";
  describe(app.add_option("--out", raw.run.out, "Where evidence is kept (default: bootgate-out)"), heading, "DIR");
  describe(app.add_flag("-q,--quiet", raw.run.quiet, "Show only what failed, and the summary"), heading);
}

void declare_series(CLI::App& app, SeriesRequest& series) {
  const char* heading = "What is judged";
  app.add_option("range", series.range, "BASE..HEAD: see below")->option_text("RANGE");
  series.tree = ".";
  describe(app.add_option("--tree", series.tree, "A Linux tree in git (default: .)"), heading, "DIR");
  describe(app.add_option("--mbox", series.patches, "Mboxes, maildirs, patch files, in series order"), heading,
           "FILE...");
  app.get_option("--mbox")->allow_extra_args(true);
  describe(app.add_option("--base", series.base, "What --mbox is applied to (default: HEAD)"), heading, "REF");
  describe(app.add_flag("--staged", series.staged, "What the index holds"), heading);
  describe(app.add_flag("--worktree", series.worktree, "Uncommitted work, new files included"), heading);
}

void check_series(SeriesRequest& series) {
  const int given = !series.range.empty() + !series.patches.empty() + series.staged + series.worktree;
  if (given > 1) throw CLI::ValidationError("series", "give one of RANGE, --mbox, --staged and --worktree");
  if (!series.base.empty() && series.patches.empty())
    throw CLI::ValidationError("--base", "it is what --mbox is applied to; a range has its own");
  if (given == 0) series.range = "@{upstream}..HEAD";
}

}  // namespace

void declare_gate(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("gate", "Judge a patch series by what it does to its base");
  command->get_formatter()->column_width(30);
  auto raw = std::make_shared<RawRun>();
  auto gate = std::make_shared<GateArguments>();
  auto each = std::make_shared<std::string>();
  declare_series(*command, gate->series);
  const char* heading = "How it is judged";
  describe(command->add_flag("--each{build}", *each, "Every commit must build; --each=boot: and boot"), heading);
  describe(command->add_flag("--timing", gate->options.timing, "Time boots (else only on suspicion)"), heading);
  describe(command->add_option("--rules", gate->rules, "Touched paths to suites (default: gate.toml)"), heading,
           "FILE");
  describe(command->add_flag("--fresh-base", gate->options.fresh_base, "Judge the base again"), heading);
  auto build_time = std::make_shared<std::string>(), build_memory = std::make_shared<std::string>();
  auto trusted = std::make_shared<bool>(false);
  heading = "What builds of the series may take";
  describe(command->add_option("--build-time", *build_time, "(default: 3h)"), heading, "DURATION");
  describe(command->add_option("--build-memory", *build_memory, "All processes (default: 3/4 of what there is)"),
           heading, "SIZE");
  describe(command->add_option("--build-processes", gate->limits->processes, "At once (default: 2000)")
               ->check(CLI::Range(50, 1000000)),
           heading, "N");
  describe(command->add_flag("--trusted", *trusted, "What they like: somebody vouches for it"), heading);
  describe(command->add_option("--json", gate->json, "The verdict, for programs"), "Reports", "FILE");
  describe(command->add_option("--markdown", gate->markdown, "The verdict, for a merge request"), "Reports", "FILE");
  declare_junit(*command, raw->run.junit, raw->flavour, "The difference as JUnit XML", "Reports");
  declare_trial(*command, *raw);
  command->footer(gate_footer);
  command->callback([raw, gate, each, build_time, build_memory, trusted, command, &chosen] {
    check_series(gate->series);
    if (*each != "" && *each != "build" && *each != "boot")
      throw CLI::ValidationError("--each=" + *each, "want --each, or --each=boot");
    gate->options.each = *each == "boot"    ? GateOptions::Each::boot
                         : *each == "build" ? GateOptions::Each::build
                                            : GateOptions::Each::no;
    gate->limits->memory_mib = memory_option("--build-memory", *build_memory).value_or(0);
    if (!build_time->empty()) {
      auto time = parse_duration(*build_time);
      if (!time) throw CLI::ValidationError("--build-time " + *build_time, "want a duration like 90m or 2h");
      gate->limits->time = *time;
    }
    if (*trusted) gate->limits.reset();
    gate->run = sorted_out(*raw, *command);
    chosen = *gate;
  });
}

void declare_bisect(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("bisect", "Find the commit that broke a case");
  command->get_formatter()->column_width(30);
  auto raw = std::make_shared<RawRun>();
  auto bisect = std::make_shared<BisectArguments>();
  const char* heading = "What is looked for";
  describe(command->add_option("--tree", bisect->tree, "A Linux tree in git (default: .)"), heading, "DIR");
  describe(command->add_option("--good", bisect->good, "A commit that is good"), heading, "REF");
  describe(command->add_option("--bad", bisect->bad, "A later one that is not"), heading, "REF");
  describe(command->add_option("--case", bisect->target.name, "A case, or SUITE/CASE, that fails"), heading, "CASE");
  describe(command->add_option("--title", bisect->target.title, "A crash report, as \"WARNING in f\""), heading,
           "TITLE");
  describe(command->add_flag("--restart", bisect->restart, "Forget what an interrupted one has found"), heading);
  describe(command->add_option("--json", bisect->json, "What was found, for programs"), "Reports", "FILE");
  declare_trial(*command, *raw);
  command->footer(bisect_footer);
  command->callback([raw, bisect, command, &chosen] {
    Target& target = bisect->target;
    if (bisect->good.empty() != bisect->bad.empty())
      throw CLI::ValidationError(bisect->good.empty() ? "--bad" : "--good", "give both ends, --good and --bad");
    if (!target.name.empty() && !target.title.empty()) throw CLI::ValidationError("--title", "give a case or a title");
    if (const std::size_t slash = target.name.find('/'); slash != std::string::npos) {
      target.suite = target.name.substr(0, slash);
      target.name.erase(0, slash + 1);
    }
    bisect->run = sorted_out(*raw, *command);
    chosen = *bisect;
  });
}

}  // namespace bootgate
