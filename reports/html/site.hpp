// Site: the report of a run as a directory of static pages: an overview, a page for each job and each case, trends.
// They need no server and no network.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/run/result.hpp"
#include "reports/overview.hpp"

namespace bootgate {

struct SiteInputs {
  const RunResult& run;      // with its evidence where its jobs' directories say
  const Overview& overview;  // of that run
  const HistoryView& view;
  const std::vector<RunEntry>& runs;  // newest first, for the list of nights
  fs::path run_directory;             // for `bootgate replay`; empty: it has no request that could be repeated
};

/// Writes the pages into `directory`, over those of an earlier report.
Result<> write_site(const SiteInputs& inputs, const fs::path& directory);

}  // namespace bootgate
