// HistoryView: what the history knows of a run and of those before it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reports/history.hpp"

namespace bootgate {

struct HistoryView {
  std::optional<std::string> before;     // the last finished run before it
  std::vector<std::string> jobs_before;  // of that run
  std::vector<std::string> runs;         // oldest first, up to the run
  std::vector<CaseHistory> cases;        // in these runs
  std::vector<MeasurementHistory> measurements;
  std::set<std::pair<std::string, std::string>> crashes;  // job and title, of those before it
};

/// How many runs back an overview looks: two months of nights for cases.
inline constexpr int overview_runs = 60;

/// A run that is not recorded is seen as the next one.
Result<HistoryView> view_history(const History& history, const std::string& run);

}  // namespace bootgate
