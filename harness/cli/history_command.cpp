#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/stored_run.hpp"
#include "harness/nightly/night.hpp"
#include "harness/support/text.hpp"
#include "reports/history_text.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

/// The runs that are recorded, and the directories that they are of.
using RecordedPlaces = std::map<std::string, fs::path>;

Result<RecordedPlaces> recorded_places(const History& history) {
  auto runs = history.runs(INT_MAX);
  if (!runs) return tl::unexpected(runs.error());
  RecordedPlaces places;
  for (const RunEntry& run : *runs)
    places.emplace(run.name, run.directory);
  return places;
}

/// Two hosts start their nights in the same second, so that time tells none from the other: one whose name a run of
/// another directory has is named by its path.
void name_night_apart(StoredRun& night, const RecordedPlaces& recorded) {
  const auto known = recorded.find(night.record.name);
  std::error_code none;
  if (known != recorded.end() && fs::weakly_canonical(known->second, none) != night.place)
    night.record.name = night.place.string();
}

Result<> import_run(StoredRun& run, std::map<std::string, fs::path>& read, RecordedPlaces& recorded, History& history) {
  // A case that was replayed lies beside the nights, and is none.
  const RunKind kind = is_night(run.directory) ? RunKind::night : RunKind::import;
  if (kind == RunKind::night)
    name_night_apart(run, recorded);
  else
    name_apart(run, read, history);
  read.emplace(run.record.name, run.place);
  if (auto added = history.add(run.record, run.directory.string(), kind); !added) return added;
  recorded.insert_or_assign(run.record.name, run.directory);
  const Tally tally = count(run.record);
  fmt::print("{}: {} cases in {} jobs\n", run.record.name, tally.total(), run.record.jobs.size());
  return {};
}

int import_runs(const HistoryArguments& arguments) {
  std::vector<StoredRun> runs;
  std::vector<Error> errors;
  for (const std::string& name : arguments.imported) {
    auto run = read_stored_run(name);
    if (run)
      runs.push_back(std::move(*run));
    else
      errors.push_back(run.error());
  }
  // Only when something can be read is a database made.
  if (!runs.empty()) {
    auto history = History::open(arguments.history);
    if (!history) return print_errors({history.error()});
    auto recorded = recorded_places(*history);
    if (!recorded) return print_errors({recorded.error()});
    std::map<std::string, fs::path> read;
    for (StoredRun& run : runs)
      if (auto added = import_run(run, read, *recorded, *history); !added) errors.push_back(added.error());
  }
  return print_errors(errors);
}

int show_runs(const History& history, const HistoryArguments& arguments) {
  auto runs = history.runs(arguments.last);
  if (!runs) return print_errors({runs.error()});
  fmt::print("{}", arguments.json ? dump_json(to_json(*runs), true) + "\n" : runs_text(*runs));
  return 0;
}

int show_case(const History& history, const HistoryArguments& arguments, bool coloured) {
  auto cases = history.cases_named(arguments.case_name, arguments.last);
  if (!cases) return print_errors({cases.error()});
  if (cases->empty()) {
    auto known = history.case_names();
    if (!known) return print_errors({known.error()});
    std::vector<std::string> names = *known;
    if (arguments.case_name.find('/') == std::string::npos)
      for (std::string& name : names)
        name.erase(0, name.rfind('/') + 1);
    return print_errors(
        {usage_error(fmt::format("no case '{}' in the newest {} runs of {}", printable(arguments.case_name),
                                 arguments.last, arguments.history.string()),
                     did_you_mean(arguments.case_name, names))
             .value()});
  }
  if (arguments.json)
    fmt::print("{}\n", dump_json(to_json(*cases), true));
  else
    fmt::print("{}", cases_text(*cases, coloured));
  return 0;
}

}  // namespace

int history_command(const HistoryArguments& arguments) {
  if (!arguments.imported.empty()) return import_runs(arguments);
  auto history = History::open(arguments.history, {.read_only = true});
  if (!history) return print_errors({history.error()});
  if (arguments.case_name.empty()) return show_runs(*history, arguments);
  return show_case(*history, arguments, terminal_options(STDOUT_FILENO, false).colour);
}

}  // namespace bootgate
