// Overview: what is worth knowing of a run in ten seconds: what has changed, since when, and how it can be looked into.
// Made of the run and its history; the HTML, Markdown, mail and JSON reports are ways to write it down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/compare.hpp"
#include "reports/history_view.hpp"
#include "reports/statistics.hpp"

namespace bootgate {

/// A run that something happened in, with the commit of its kernel where there is one.
struct Mark {
  std::string run;
  std::string timestamp;
  std::string commit;  // 12 digits
};

/// A case that changed, or that fails.
struct Finding {
  CaseChange change;
  std::optional<Mark> last_good;  // of a case that fails
  std::optional<Mark> first_bad;  // the first failure behind it; of what fails for the first time this run
  int runs = 0;                   // that are known of it, this one included
  int attempts = 0;               // in all of them
  int failed_attempts = 0;
  int turns = 0;               // from good to bad or back, from run to run
  std::vector<Outcome> strip;  // of these runs, oldest first
  std::string bisect;          // the command that finds the commit; empty: it takes commits that we don't know
};

/// A measurement that has left its usual range, and stays outside.
struct DriftFinding {
  std::string job;
  std::string name;
  DriftVerdict verdict;
  Mark since;
};

struct Overview {
  RunRecord run;
  std::optional<std::string> before;  // the run that it was compared with; nothing: it is the first one
  std::vector<Finding> findings;      // all but `same`, worst first
  std::vector<NewCrash> crashes;
  std::vector<DriftFinding> drifts;
  std::vector<MeasurementChange> measurements;  // against that one run: plain numbers, and no judgement
};

/// The usual value of a measurement is that of so many runs before the newest.
inline constexpr std::size_t usual_runs = 14;

/// A run without a view is not compared. The rules by which a case is judged stand in baseline.hpp.
Overview make_overview(RunRecord run, const HistoryView& view);

/// The same of two runs alone: without strips, and nothing is judged by more than these two.
Overview make_overview(const RunRecord& before, RunRecord run);

/// Nothing of the kernel got worse.
bool is_quiet(const Overview& overview);

/// 0, 1 where something got worse, else 3 where it can't be told: the bench failed in one of the runs, or broke one
/// off.
int comparison_status(const RunRecord& before, const Overview& overview);

/// "12 failed, 3 of them new; 1 new crash report; 2 slower": the first line of every summary.
std::string headline(const Overview& overview);

/// "login 0.73 s -> 1.12 s (+53 %)".
std::string describe(const DriftFinding& drift);

/// "0.731 s", "7.0 MiB".
std::string measured(const std::string& name, double value);

}  // namespace bootgate
