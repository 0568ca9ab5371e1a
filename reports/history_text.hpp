// What the history answers, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "harness/support/json.hpp"
#include "reports/history.hpp"

namespace bootgate {

/// Why a run is not whole; empty: it is.
std::string remark_on(const RunEntry& run);

/// A line for each run, and what was counted in it. It tells which ones are no nights.
std::string runs_text(const std::vector<RunEntry>& runs);
Json to_json(const std::vector<RunEntry>& runs);

/// For each job a row of marks, one for each run, and the runs in which the case changed below it.
std::string cases_text(const std::vector<CaseHistory>& cases, bool coloured);
Json to_json(const std::vector<CaseHistory>& cases);

}  // namespace bootgate
