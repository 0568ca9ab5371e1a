#include "harness/cli/stored_run.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "harness/support/text.hpp"
#include "harness/support/timestamp.hpp"
#include "reports/junit.hpp"
#include "reports/result_files.hpp"

namespace bootgate {
namespace {

/// Other tools' files may tell no time.
std::string time_of_file(const fs::path& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 ? utc_timestamp(info.st_mtime) : std::string();
}

Result<StoredRun> read_junit_file(const fs::path& file, std::string name) {
  auto record = read_junit(file);
  if (!record) return tl::unexpected(record.error());
  StoredRun run;
  run.record = std::move(*record);
  run.record.name = std::move(name);
  if (!utc_seconds(run.record.timestamp)) run.record.timestamp = time_of_file(file);
  return run;
}

CaseResult as_result(const CaseRecord& record, const AttemptRecord& attempt) {
  CaseResult result;
  result.suite = record.suite;
  result.name = record.name;
  result.outcome = attempt.outcome;
  result.cause = attempt.cause;
  result.reason = attempt.reason;
  result.took = attempt.took;
  for (const CrashRecord& crash : attempt.crashes) {
    CrashReport report;
    report.title = crash.title;
    report.fingerprint = crash.fingerprint;
    report.allowed = !crash.counts;
    result.reports.push_back(std::move(report));
  }
  return result;
}

Result<StoredRun> read_place(const fs::path& place) {
  std::error_code none;
  if (!fs::is_directory(place, none)) return read_junit_file(place, place.filename().string());
  if (!has_result_files(place)) {
    if (!fs::exists(place / "junit.xml", none))
      return usage_error(fmt::format("{} is no run's directory: it has no run.json and no junit.xml", place.string()));
    auto run = read_junit_file(place / "junit.xml", place.filename().string());
    if (run) run->directory = place;
    return run;
  }
  auto saved = read_result_files(place);
  if (!saved) return tl::unexpected(saved.error());
  StoredRun run;
  // One that was killed is not whole.
  saved->result.interrupted |= !saved->finished;
  run.record = record_of(saved->result);
  run.record.name = place.filename().string();
  run.result = std::move(saved->result);
  run.directory = place;
  return run;
}

}  // namespace

Result<StoredRun> read_stored_run(const fs::path& path) {
  std::error_code none;
  const fs::path place = fs::canonical(path, none);
  if (none) return usage_error(fmt::format("no run at {}", path.string()));
  auto run = read_place(place);
  if (run) run->place = place;
  return run;
}

void name_apart(StoredRun& run, const std::map<std::string, fs::path>& read, const History& history) {
  const auto before = read.find(run.record.name);
  bool taken = before != read.end() && before->second != run.place;
  // One of an earlier import is told by its time.
  if (before == read.end())
    if (auto known = history.run(run.record.name); known && *known) taken = (*known)->timestamp != run.record.timestamp;
  if (taken) run.record.name = run.place.string();
}

Result<StoredRun> find_stored_run(const std::string& name, const fs::path& out, const History* history) {
  std::error_code none;
  if (fs::exists(name, none)) return read_stored_run(name);
  if (name.find('/') == std::string::npos && fs::exists(out / name, none)) return read_stored_run(out / name);
  if (history) {
    auto record = history->run(name);
    if (!record) return tl::unexpected(record.error());
    if (*record) {
      StoredRun run;
      run.record = std::move(**record);
      return run;
    }
  }
  return usage_error(fmt::format("no run '{}'", printable(name)),
                     fmt::format("name a run's directory, one below {}, a JUnit file{}", out.string(),
                                 history ? ", or a run of the history" : ", or a run of a --history FILE"));
}

RunResult as_result(const RunRecord& record) {
  RunResult result;
  result.timestamp = record.timestamp;
  result.interrupted = record.interrupted;
  if (!record.error.empty()) result.error = bench_error(record.error).value();
  for (const JobRecord& job : record.jobs) {
    JobResult& made = result.jobs.emplace_back();
    made.name = job.name;
    made.directory = job.directory;
    made.timestamp = job.timestamp;
    made.took = job.took;
    made.facts = job.facts;
    for (const CaseRecord& one : job.cases) {
      CaseResult the_case = as_result(one, one.verdict);
      for (const AttemptRecord& attempt : one.earlier)
        the_case.earlier.push_back(as_result(one, attempt));
      made.cases.push_back(std::move(the_case));
    }
  }
  return result;
}

}  // namespace bootgate
