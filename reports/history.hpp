// History: the runs of years in one database. It keeps RunRecords, and answers what became of a case, and of a
// measurement, from run to run.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/database.hpp"
#include "reports/run_record.hpp"

namespace bootgate {

/// A night is one of `bootgate nightly`. An import is any other run: of a directory, of a JUnit file, a case that was
/// replayed.
enum class RunKind { night, import };

std::string_view to_string(RunKind kind);

/// A run without its cases.
struct RunEntry {
  std::string name;
  std::string timestamp;
  std::string directory;  // of its evidence, which may be gone
  bool finished = false;  // else it goes on, or was killed
  bool interrupted = false;
  std::string error;
  int jobs = 0;
  Tally tally;
  RunKind kind = RunKind::import;
};

/// A case in one run.
struct CasePoint {
  std::string run;
  std::string timestamp;
  std::string commit;   // of the kernel, where it was built from one: 12 digits
  std::string release;  // of the kernel
  AttemptRecord verdict;
  int attempts = 1;
  int failed_attempts = 0;
};

/// A case of one job from run to run, oldest first. Runs without it have no point.
struct CaseHistory {
  std::string job;
  std::string suite;
  std::string name;
  std::vector<CasePoint> points;
};

struct MeasurementPoint {
  std::string run;
  std::string timestamp;
  std::string commit;
  double value = 0;
};

/// A measurement of one job from run to run, oldest first.
struct MeasurementHistory {
  std::string job;
  std::string name;
  std::vector<MeasurementPoint> points;
};

/// What a run is compared with are the runs that count: the nights, where there are any. A case that somebody has
/// replayed, or another tool's file, is no base for tomorrow.
class History {
 public:
  /// See Database::open. One that is only read must be there: a usage error.
  static Result<History> open(const fs::path& file, const DatabaseOptions& options = {});
  History(History&&) noexcept;
  History& operator=(History&&) noexcept;
  ~History();

  /// A whole run, or nothing of it. One of that name takes the place of the old one, and a night stays a night. Its
  /// place among the runs is that of its timestamp. One that was interrupted is not finished. A usage error where a
  /// night of that name goes on, or was cut off and may yet go on, and this is no more than a part of it.
  Result<> add(const RunRecord& run, const std::string& directory, RunKind kind = RunKind::import);

  /// A night that goes on, behind all runs that there are, whatever the clock says. Its jobs follow one by one; one
  /// that is there already is replaced.
  Result<> begin_run(const RunRecord& run, const std::string& directory);
  Result<> add_job(const std::string& run, const JobRecord& job);
  Result<> finish_run(const std::string& run, const std::string& error, bool interrupted);

  /// The newest runs, newest first.
  Result<std::vector<RunEntry>> runs(int most) const;
  Result<std::vector<RunEntry>> nights(int most) const;
  /// Nothing when there is no such run. One that is not finished is interrupted.
  Result<std::optional<RunRecord>> run(const std::string& name) const;
  /// The run before this one that has finished and was not cut off, and counts.
  Result<std::optional<std::string>> run_before(const std::string& name) const;
  /// The newest run that has finished and was not cut off, and counts.
  Result<std::optional<std::string>> newest_run() const;

  /// Of each job of these nights: the newest of them in which all of it was good. And the newest in which all of the
  /// night was.
  Result<std::set<std::string>> last_good_nights(const std::set<std::string>& nights) const;

  /// The names of the run's jobs whose result is there.
  Result<std::vector<std::string>> jobs_of(const std::string& run) const;

  /// What CASE, SUITE/CASE or JOB/CASE names, in the newest `most` runs.
  Result<std::vector<CaseHistory>> cases_named(const std::string& name, int most) const;
  /// "suite/case" of all cases, for "did you mean".
  Result<std::vector<std::string>> case_names() const;
  /// The names of the newest `most` runs up to this one, oldest first.
  Result<std::vector<std::string>> runs_up_to(const std::string& run, int most) const;
  /// The title of each crash report that counts in these runs, with its job's name; `but` for this run.
  Result<std::set<std::pair<std::string, std::string>>> crashes_up_to(const std::string& run, int most,
                                                                      const std::string& but) const;
  /// All cases in these runs. In no order.
  Result<std::vector<CaseHistory>> cases_up_to(const std::string& run, int most) const;
  /// All measurements in these runs.
  Result<std::vector<MeasurementHistory>> measurements_up_to(const std::string& run, int most) const;

 private:
  struct Impl;
  explicit History(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The history that somebody has named, to be read; nothing where nobody has.
Result<std::optional<History>> open_named_history(const std::optional<fs::path>& file);

}  // namespace bootgate
