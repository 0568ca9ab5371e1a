// StoredRun: a run of earlier, wherever its results are.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "reports/history.hpp"
#include "reports/overview.hpp"

namespace bootgate {

struct StoredRun {
  RunRecord record;
  std::optional<RunResult> result;  // with consoles, where its directory has them
  fs::path directory;               // empty: there is none
  fs::path place{};                 // that it was read from: its directory or file
};

/// `name`: "latest" or a run's directory below `out`, a path of such a directory, a JUnit file, or a run of the
/// history, if there is one. A usage error when it is none of these.
Result<StoredRun> find_stored_run(const std::string& name, const fs::path& out, const History* history);

/// The run of a directory or a JUnit file. Its name is that of the directory, or of the file.
Result<StoredRun> read_stored_run(const fs::path& path);

/// Names a run by its whole path where another one has its name: CI jobs leave many a junit.xml. `read` are the names
/// and places of those before it.
void name_apart(StoredRun& run, const std::map<std::string, fs::path>& read, const History& history);

/// A RunResult of what the record keeps, for reports.
RunResult as_result(const RunRecord& record);

}  // namespace bootgate
