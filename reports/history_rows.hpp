// How runs lie in the tables of the history. To be called inside of Database::read and Database::write.
#pragma once

#include <cstdint>
#include <string>

#include "reports/database.hpp"
#include "reports/history.hpp"

namespace bootgate {

/// What the history knows of a run besides its record.
struct RunPlace {
  std::string directory;
  std::int64_t position = 0;  // among the runs
  bool finished = false;
  RunKind kind = RunKind::import;
};

/// Takes the place of one of that name; the result is its id.
std::int64_t add_run_row(Database& database, const RunRecord& run, const RunPlace& place);
/// Takes the place of one of that name in the run.
void add_job_rows(Database& database, std::int64_t run, const JobRecord& job);
void read_job_rows(const Database& database, std::int64_t run, RunRecord& record);

/// Columns of outcome, cause, reason and time, from `first` on.
AttemptRecord attempt_in(const Query& row, int first);

}  // namespace bootgate
