#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/report_files.hpp"
#include "harness/cli/request.hpp"
#include "harness/cli/saved_request.hpp"
#include "harness/cli/signals.hpp"
#include "harness/cli/watched_run.hpp"
#include "harness/nightly/night.hpp"
#include "harness/nightly/pins.hpp"
#include "harness/nightly/retention.hpp"
#include "harness/plan/run_file.hpp"
#include "harness/plan/selection.hpp"
#include "harness/run/run.hpp"
#include "harness/support/sha256.hpp"
#include "reports/overview_text.hpp"
#include "reports/result_files.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

RunArguments run_arguments(const NightlyArguments& arguments) {
  RunArguments run;
  run.file = arguments.plan;
  run.qemu = arguments.qemu;
  run.quiet = arguments.quiet;
  run.refresh = true;  // a night is about what is new
  run.options.execution.machines = arguments.machines;
  run.words = {"--file", fs::absolute(arguments.plan).string()};
  if (!arguments.qemu.empty()) run.words.insert(run.words.end(), {"--qemu", arguments.qemu});
  return run;
}

/// Of the plan's text: a night goes on only as what it began as.
Result<std::string> digest_of(const fs::path& plan) {
  auto text = read_file(plan);
  if (!text) return tl::unexpected(text.error());
  return sha256(*text);
}

/// Records each job as soon as it is done. One that was broken off is not: it is run again.
class Recorder : public EventSink {
 public:
  Recorder(History& history, const Night& night, const std::stop_token& stop)
      : history_(history), night_(night), stop_(stop) {}

  void on(const Event& event) override {
    const auto* done = std::get_if<JobDone>(&event);
    if (!done || stop_.stop_requested()) return;
    RunResult run;
    run.jobs.push_back(done->result);
    // What fails here is tried again at the end: see record_missing.
    (void)history_.add_job(night_.name, record_of(run).jobs.front());
  }

 private:
  History& history_;
  const Night& night_;
  std::stop_token stop_;
};

struct NightRun {
  RunResult result;
  std::optional<Error> error;  // of what was to be written down
};

NightRun run_night(const Request& request, Plan plan, const Store& store, const Night& night, History& history,
                   const std::stop_token& stop) {
  remove_halves(night, plan);
  TerminalOptions display = terminal_options(STDOUT_FILENO, request.arguments.quiet);
  display.junit = night.directory / "junit.xml";
  Terminal terminal(display);
  JunitReport junit(display.junit, JunitFlavour::rich);
  ResultFiles files(night.directory, {night.done.begin(), night.done.end()});
  Recorder recorder(history, night, stop);
  NightRun run;
  const Definitions& definitions = request.definitions;
  const RunInputs inputs{
      plan,    store, definitions.signatures, definitions.samples, night.directory, request.arguments.refresh,
      nullptr, true};
  run.result = watch([&](const EmitEvent& emit) { return run_plan(inputs, emit, stop); },
                     [&](const Event& event) {
                       terminal.on(event);
                       junit.on(event);
                       files.on(event);
                       recorder.on(event);
                     },
                     [&] { terminal.tick(), junit.tick(); }, stop);
  for (const auto& error : {junit.error(), files.error()})
    if (error && !run.error) run.error = error;
  // What is missing of the results then was no kernel's doing.
  if (run.error && !run.result.error) run.result.error = run.error;
  return run;
}

/// Jobs that were recorded before the night was cut off are not run again.
void leave_out_done(Plan& plan, const Night& night) {
  std::erase_if(plan.jobs, [&](const Job& job) { return night.done.contains(job.name); });
  drop_unused_kernels(plan);
}

StoredRun stored_night(const Night& night, RunResult result) {
  StoredRun run{record_of(result), {}, night.directory, night.directory};
  run.record.name = night.name;
  run.result = std::move(result);
  return run;
}

Result<> write_night_reports(const ReportedRun& seen, const fs::path& directory) {
  if (auto written = write_file_atomically(directory / "junit.xml", junit_xml(*seen.run.result, JunitFlavour::rich));
      !written)
    return written;
  ReportRequest own;
  own.html = directory / "report";
  own.markdown = directory / "summary.md";
  own.mail = directory / "mail.txt";
  own.json = directory / "report.json";
  return write_reports(seen, own);
}

Result<std::vector<KeptNight>> nights_to_remove(const History& history, const fs::path& nights, const Keep& keep) {
  if (!keep.days && !keep.mib) return std::vector<KeptNight>();
  auto kept = kept_nights(history, nights);
  if (!kept) return kept;
  std::set<std::string> names;
  for (const KeptNight& night : *kept)
    names.insert(night.name);
  auto wanted = history.last_good_nights(names);
  if (!wanted) return tl::unexpected(wanted.error());
  return superfluous(std::move(*kept), *wanted, keep, std::time(nullptr));
}

/// What refs mean in this night: where it goes on, what they meant at its first start.
Pins pins_of(const std::optional<Night>& unfinished, const std::vector<KernelName>& kernels,
             const std::stop_token& stop) {
  return look_up_pins(kernels, stop, unfinished ? unfinished->commits : std::map<std::string, std::string>());
}

int dry_run(const Request& request, const Plan& plan, const NightlyArguments& arguments, const std::string& digest,
            const Keep& keep, const std::stop_token& stop) {
  fmt::print("{}", describe(plan));
  std::error_code none;
  const fs::path file = arguments.out / "history.db";
  auto history = open_named_history(fs::exists(file, none) ? std::optional(file) : std::nullopt);
  if (!history) return print_errors({history.error()});
  std::optional<Night> night;
  if (*history) {
    auto unfinished = unfinished_night(**history, digest, std::time(nullptr));
    if (!unfinished) return print_errors({unfinished.error()});
    night = std::move(*unfinished);
  }
  const Pins pins = pins_of(night, request.arguments.options.kernels, stop);
  for (const auto& [kernel, commit] : pins.commits)
    fmt::print("{} is {}\n", kernel, commit);
  print_errors(pins.errors);
  if (night) fmt::print("{} would go on; {} of its jobs are done\n", night->name, night->done.size());
  if (!*history) return 0;
  auto removed = nights_to_remove(**history, arguments.out, keep);
  if (!removed) return print_errors({removed.error()});
  for (const KeptNight& old : *removed)
    fmt::print("{} would be removed: {} MiB\n", old.directory.string(), old.bytes >> 20);
  return 0;
}

/// The night that goes on, or a new one, and what refs mean in it.
Result<Night> start_night(const NightlyArguments& arguments, History& history, const std::vector<KernelName>& kernels,
                          const std::string& digest, const std::stop_token& stop) {
  auto unfinished = unfinished_night(history, digest, std::time(nullptr));
  if (!unfinished) return tl::unexpected(unfinished.error());
  const Pins pins = pins_of(*unfinished, kernels, stop);
  // A night without its pins would boot whatever is newest when it goes on.
  if (stop.stop_requested()) return interrupted_error();
  print_warnings(pins.errors);
  if (!*unfinished) return begin_night(arguments.out, history, digest, pins.commits, std::time(nullptr));
  Night night = std::move(**unfinished);
  night.commits = pins.commits;
  if (auto kept = keep_commits(night, digest); !kept) return tl::unexpected(kept.error());
  fmt::print("{} goes on; {} of its jobs are done\n", night.name, night.done.size());
  return night;
}

Result<> remove_superfluous(const History& history, const fs::path& nights, const Keep& keep) {
  auto removed = nights_to_remove(history, nights, keep);
  if (!removed) return tl::unexpected(removed.error());
  for (const KeptNight& old : *removed) {
    std::error_code ignored;
    fs::remove_all(old.directory, ignored);
  }
  return {};
}

/// Records and reports it. A night is finished when its own reports are there: else the next start writes them. What
/// was asked for beside them can't hold it open: the next start would boot nothing new.
int end_night(const NightlyArguments& arguments, const RunArguments& asked, const Keep& keep, const Night& night,
              const NightRun& run, History& history) {
  auto result = whole_result(night, run.result, run.error);
  if (!result) return print_errors({result.error()});
  // What was interrupted goes on at the next start.
  if (run.result.interrupted) return exit_code(*result);
  StoredRun whole = stored_night(night, std::move(*result));
  const std::string error = whole.record.error;
  if (auto recorded = record_missing(history, night.name, whole.record.jobs); !recorded)
    return print_errors({recorded.error()});
  auto seen = look_at(std::move(whole), &history);
  if (!seen) return print_errors({seen.error()});
  for (RunEntry& entry : seen->runs)
    if (entry.name == night.name) entry.finished = true, entry.error = error;
  if (auto written = write_night_reports(*seen, night.directory); !written) return print_errors({written.error()});
  if (auto ended = history.finish_run(night.name, error, false); !ended) return print_errors({ended.error()});
  fmt::print("\n{}\nreport    {}\n", overview_text(seen->overview, terminal_options(STDOUT_FILENO, false).colour),
             (night.directory / "report/index.html").string());
  std::vector<Error> errors;
  if (run.error) errors.push_back(*run.error);
  if (auto written = write_reports(*seen, arguments.reports); !written) errors.push_back(written.error());
  if (auto removed = remove_superfluous(history, arguments.out, keep); !removed) errors.push_back(removed.error());
  if (!errors.empty()) return print_errors(errors);
  return exit_code(*seen->run.result, asked.max_skips, asked.fail_on_flaky);
}

}  // namespace

int nightly_command(const NightlyArguments& arguments) {
  Request request = read_request(run_arguments(arguments));
  if (!request.definitions.errors.empty()) return print_errors(request.definitions.errors);
  print_warnings(request.warnings);
  const Keep keep = read_run_file(arguments.plan, profile_names()).run_file.keep;
  auto digest = digest_of(arguments.plan);
  if (!digest) return print_errors({digest.error()});

  std::stop_source stop;
  stop_on_signals(stop);
  auto store = Store::open();
  if (!store) return print_errors({store.error()});
  auto host = probe_host(
      request.arguments, *store, [](const Event&) {}, stop.get_token());
  if (!host) return print_errors({host.error()});
  if (arguments.dry_run) {
    auto plan = plan_request(request, *host);
    if (!plan) return print_errors({plan.error()});
    return dry_run(request, *plan, arguments, *digest, keep, stop.get_token());
  }

  auto lock = lock_nights(arguments.out);
  if (!lock) return print_errors({lock.error()});
  auto history = History::open(arguments.out / "history.db");
  if (!history) return print_errors({history.error()});
  auto night = start_night(arguments, *history, request.arguments.options.kernels, *digest, stop.get_token());
  if (!night) return print_errors({night.error()});
  const SavedRequest saved{fs::current_path(), request.arguments.words, night->commits};
  if (auto kept = save_request(night->directory, saved); !kept) return print_errors({kept.error()});
  pin(request.arguments.options.kernels, night->commits);
  auto plan = plan_request(request, *host);
  if (!plan) return print_errors({plan.error()});
  leave_out_done(*plan, *night);
  const NightRun run = run_night(request, std::move(*plan), *store, *night, *history, stop.get_token());
  return end_night(arguments, request.arguments, keep, *night, run, *history);
}

}  // namespace bootgate
