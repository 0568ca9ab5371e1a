#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/signals.hpp"
#include "harness/cli/trial.hpp"
#include "harness/gate/bisect.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// More attempts of what fails without a crash report: one wrong mark, and all that follows is wrong.
constexpr int bisect_retries = 3;

/// What `git bisect run` takes a status for; from 128 on it gives up.
constexpr int skipped_status = 125, no_verdict_status = 128;

/// Only what the target takes is run: the boot, and its case.
void select_target(RunArguments& run, const Target& target) {
  if (run.suites.empty()) run.suites = {target.suite.empty() ? "boot" : target.suite};
  if (!target.name.empty() && run.options.execution.selection.filters.empty())
    run.options.execution.selection.filters = {target.suite.empty() ? target.name : target.suite + "/" + target.name};
}

/// One commit, built and run.
class CommitTrial {
 public:
  CommitTrial(const Trial& trial, const Target& target, fs::path directory)
      : trial_(trial), target_(target), directory_(std::move(directory)) {}

  Result<TriedCommit> try_commit(const std::string& commit, const std::string& what) {
    auto plan = trial_.plan({commit, true, {}, 0});
    if (!plan) return tl::unexpected(plan.error());
    const RunResult run = trial_.run(*plan, what, directory_ / commit.substr(0, 12));
    ran_.merge(cases_that_ran(run));
    return mark_of(run, target_, ran_);
  }

 private:
  const Trial& trial_;
  const Target& target_;
  fs::path directory_;
  std::set<std::string> ran_;  // cases, on any commit so far
};

Result<BisectEnds> ends_of(const BisectArguments& arguments, const Store& store, std::stop_token stop) {
  FixtureOptions options;
  options.progress = say;
  options.stop = std::move(stop);
  auto repository = OwnRepository::open(arguments.tree.string(), store, options);
  if (!repository) return tl::unexpected(repository.error());
  const bool alone = arguments.good.empty();
  if (!alone) return resolve_ends(arguments.good, arguments.bad, *repository);
  auto head = repository->find("HEAD");
  if (!head) return tl::unexpected(head.error());
  return BisectEnds{{}, *head};
}

/// A case that is skipped hides a crash report where it ran on another commit. Of those that may show this one, the bad
/// end tells.
Result<> see_title(const std::string& commit, const std::string& title, CommitTrial& trial) {
  auto tried = trial.try_commit(commit, fmt::format("the bad end, {}", commit.substr(0, 12)));
  if (!tried) return tl::unexpected(tried.error());
  if (tried->mark == TriedCommit::Mark::bad) return {};
  return usage_error(fmt::format("{} does not show '{}': {}", commit.substr(0, 12), title, tried->why),
                     "name a --bad that does, and the --suite whose cases show it");
}

/// For `git bisect run`.
int judge_alone(const std::string& commit, CommitTrial& trial) {
  auto tried = trial.try_commit(commit, commit.substr(0, 12));
  if (!tried) {
    print_errors({tried.error()});
    return no_verdict_status;
  }
  fmt::print("{}  {}\n{}", to_string(tried->mark), tried->why, tried->evidence);
  switch (tried->mark) {
    case TriedCommit::Mark::good: return 0;
    case TriedCommit::Mark::bad: return 1;
    case TriedCommit::Mark::skip: break;
  }
  return skipped_status;
}

Result<> write_reports(const Bisection& bisection, const BisectArguments& arguments, const fs::path& directory) {
  const std::string json = dump_json(bisect_json(bisection), true) + "\n";
  if (auto written = write_file_atomically(directory / "bisect.json", json); !written) return written;
  return arguments.json ? write_file_atomically(*arguments.json, json) : Result<>();
}

}  // namespace

int bisect_command(const BisectArguments& given) {
  BisectArguments arguments = given;
  const bool alone = arguments.good.empty();
  auto failed = [&](const std::vector<Error>& errors) {
    const int status = print_errors(errors);
    return alone ? no_verdict_status : status;
  };
  std::stop_source stop;
  stop_on_signals(stop);
  auto store = Store::open();
  if (!store) return failed({store.error()});
  auto ends = ends_of(arguments, *store, stop.get_token());
  if (!ends) return failed({ends.error()});
  select_target(arguments.run, arguments.target);
  arguments.run.options.execution.retries = bisect_retries;
  auto trial =
      Trial::prepare(arguments.run, arguments.tree, arguments.run.suites, std::nullopt, *store, stop.get_token());
  if (!trial) return failed(trial.error());
  auto directory = make_run_directory(arguments.run.out);
  if (!directory) return failed({directory.error()});
  CommitTrial commits(*trial, arguments.target, *directory);
  if (alone) return judge_alone(ends->bad, commits);
  if (const std::string& title = arguments.target.title; !title.empty())
    if (auto seen = see_title(ends->bad, title, commits); !seen) return failed({seen.error()});

  std::error_code none;
  const BisectInputs inputs{*ends,
                            arguments.target,
                            fs::canonical(arguments.tree, none).string(),
                            trial->conditions(),
                            *store,
                            arguments.restart,
                            stop.get_token()};
  auto report = [&](const Bisection& found) {
    fmt::print("{}evidence  {}\n", bisect_text(found), (arguments.run.out / directory->filename()).string());
    std::fflush(stdout);
    return write_reports(found, arguments, *directory);
  };
  const BisectHost host{
      [&](const std::string& commit, const std::string& what) { return commits.try_commit(commit, what); }, say,
      report};
  const Bisection found = bisect(inputs, host);
  if (found.error) print_errors({*found.error});
  return exit_code(found);
}

}  // namespace bootgate
