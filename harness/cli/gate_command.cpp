#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/request.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/signals.hpp"
#include "harness/cli/trial.hpp"
#include "harness/gate/gate.hpp"
#include "harness/gate/gate_rules.hpp"
#include "harness/support/data.hpp"
#include "reports/gate_report.hpp"
#include "reports/junit.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

/// More attempts of what fails without a crash report: a flake of the host's must not be blamed on the series.
constexpr int gate_retries = 1;

/// Holds our repository of the tree only as long as it takes: builds take it again.
Result<Series> resolve(const SeriesRequest& request, const Store& store, std::stop_token stop) {
  FixtureOptions options;
  options.progress = say;
  options.stop = std::move(stop);
  std::error_code none;
  if (!fs::is_directory(request.tree, none))
    return usage_error(fmt::format("no directory {}", request.tree.string()), "--tree DIR names a Linux tree in git");
  auto repository = OwnRepository::open(request.tree.string(), store, options);
  if (!repository) return tl::unexpected(repository.error());
  return resolve_series(request, *repository, options);
}

/// What is asked for, or what the rules say about the touched files.
Result<std::vector<std::string>> suites_of(const GateArguments& arguments, const Series& series) {
  if (!arguments.run.suites.empty()) return arguments.run.suites;
  const GateRulesReading reading =
      read_gate_rules(arguments.rules.empty() ? data_root() / "harness/gate/gate.toml" : arguments.rules);
  if (!reading.errors.empty()) return tl::unexpected(reading.errors.front());
  return suites_for(reading.rules, series.touched);
}

/// A CI job's own page takes what is appended to this file.
Result<> append_to_step_summary(const std::string& markdown) {
  const char* file = std::getenv("GITHUB_STEP_SUMMARY");
  if (!file || !*file) return {};
  return write_file_atomically(file, read_file(file).value_or("") + markdown);
}

Result<> write_reports(const GateVerdict& verdict, const GateArguments& arguments) {
  const std::string markdown = gate_markdown(verdict), json = dump_json(gate_json(verdict), true) + "\n";
  const RunResult difference = gate_difference(verdict);
  std::vector<std::pair<fs::path, std::string>> files{
      {verdict.directory / "verdict.md", markdown},
      {verdict.directory / "verdict.json", json},
      {verdict.directory / "junit.xml", junit_xml(difference, arguments.run.flavour)}};
  if (arguments.markdown) files.emplace_back(*arguments.markdown, markdown);
  if (arguments.json) files.emplace_back(*arguments.json, json);
  if (arguments.run.junit) files.emplace_back(*arguments.run.junit, junit_xml(difference, arguments.run.flavour));
  for (const auto& [file, text] : files) {
    if (auto made = file.parent_path().empty() ? Result<>() : make_directories(file.parent_path()); !made) return made;
    if (auto written = write_file_atomically(file, text); !written) return written;
  }
  return append_to_step_summary(markdown);
}

}  // namespace

int gate_command(const GateArguments& given) {
  GateArguments arguments = given;
  arguments.run.options.execution.retries = gate_retries;
  std::stop_source stop;
  stop_on_signals(stop);
  auto store = Store::open();
  if (!store) return print_errors({store.error()});
  arguments.series.out = arguments.run.out;
  auto series = resolve(arguments.series, *store, stop.get_token());
  if (!series) return print_errors({series.error()});
  auto suites = suites_of(arguments, *series);
  if (!suites) return print_errors({suites.error()});
  auto trial =
      Trial::prepare(arguments.run, arguments.series.tree, *suites, arguments.limits, *store, stop.get_token());
  if (!trial) return print_errors(trial.error());
  auto directory = make_run_directory(arguments.run.out);
  if (!directory) return print_errors({directory.error()});

  const GateInputs inputs{*series,          arguments.series.tree.string(), trial->conditions(), *store, *directory,
                          arguments.options};
  const GateHost host{
      [&](const TrialRequest& request) { return trial->plan(request); },
      [&](const Plan& plan, const std::string& what, const fs::path& where) { return trial->run(plan, what, where); },
      [&](const Plan& plan, const fs::path& where) { return trial->run_unseen(plan, where); },
      [&](const Plan& plan, const std::string& what) { return trial->build(plan, what); }, say};
  const GateVerdict verdict = judge_series(inputs, host, stop.get_token());

  // A full disk takes the reports, but not the verdict.
  fmt::print("{}evidence  {}\n", gate_text(verdict, terminal_options(STDOUT_FILENO, false).colour),
             (arguments.run.out / directory->filename()).string());
  std::fflush(stdout);
  if (auto written = write_reports(verdict, arguments); !written) return print_errors({written.error()});
  if (verdict.error) print_errors({*verdict.error});
  return exit_code(verdict);
}

}  // namespace bootgate
