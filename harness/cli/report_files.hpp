// ReportFiles: the reports of a run that were asked for, written out.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/stored_run.hpp"

namespace bootgate {

struct ReportRequest {
  std::optional<fs::path> html;  // a directory
  std::optional<fs::path> markdown, mail, json, kcidb;
  std::string kcidb_origin = "bootgate";
};

struct ReportedRun {
  StoredRun run;
  Overview overview;
  HistoryView view;
  std::vector<RunEntry> runs;  // newest first
};

/// The run, seen with its history if there is one.
Result<ReportedRun> look_at(StoredRun run, const History* history);

Result<> write_reports(const ReportedRun& run, const ReportRequest& request);

}  // namespace bootgate
