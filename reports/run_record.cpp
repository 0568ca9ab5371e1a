#include "reports/run_record.hpp"

#include <charconv>
#include <cmath>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

AttemptRecord attempt_of(const CaseResult& result) {
  AttemptRecord attempt{result.outcome, result.cause, printable(result.reason), result.took, {}};
  // What a case that is good has seen, it had asked for.
  const bool is_bad = result.outcome == Outcome::fail || result.outcome == Outcome::error;
  for (const CrashReport& report : result.reports)
    attempt.crashes.push_back(
        {printable(report.title), printable(report.fingerprint), is_bad && is_failure(report) && !report.allowed});
  return attempt;
}

CaseRecord case_of(const CaseResult& result) {
  CaseRecord record{result.suite, result.name, attempt_of(result), {}};
  for (const CaseResult& attempt : result.earlier)
    record.earlier.push_back(attempt_of(attempt));
  return record;
}

/// A fact that is a number to watch.
std::optional<Measurement> measurement_of(const std::string& name, std::string_view text) {
  if (!name.starts_with(time_prefix) && !name.starts_with(size_prefix)) return std::nullopt;
  Measurement measurement{name, 0};
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), measurement.value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  // Other tools' files say "inf" and "nan" too, and no plot has an axis for them.
  if (!std::isfinite(measurement.value) || measurement.value < 0 || measurement.value > most_measured)
    return std::nullopt;
  return measurement;
}

JobRecord job_of(const JobResult& job) {
  JobRecord record{job.name, job.directory.string(), job.timestamp, job.took, {}, {}, {}};
  for (const auto& [name, value] : job.facts)
    add_fact(record, name, value);
  for (const CaseResult& result : job.cases)
    record.cases.push_back(case_of(result));
  return record;
}

void add(Tally& tally, Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: ++tally.pass; return;
    case Outcome::fail: ++tally.fail; return;
    case Outcome::error: ++tally.error; return;
    case Outcome::skip: ++tally.skip; return;
    case Outcome::not_run: ++tally.not_run; return;
    case Outcome::known: ++tally.known; return;
    case Outcome::flaky: ++tally.flaky; return;
  }
}

}  // namespace

bool is_time(const Measurement& measurement) {
  return measurement.name.starts_with(time_prefix);
}

RunRecord record_of(const RunResult& run) {
  RunRecord record;
  record.timestamp = run.timestamp;
  if (run.error) record.error = printable(one_line(*run.error));
  record.interrupted = run.interrupted;
  for (const JobResult& job : run.jobs)
    record.jobs.push_back(job_of(job));
  return record;
}

void add_fact(JobRecord& job, const std::string& name, std::string_view value) {
  job.facts.emplace_back(printable(name), printable(value));
  if (auto measurement = measurement_of(name, value)) job.measurements.push_back(*measurement);
}

std::string_view fact(const JobRecord& job, std::string_view name) {
  for (const auto& [known, value] : job.facts)
    if (known == name) return value;
  return {};
}

// "commit 0123456789ab (master of /linux), built with LLVM" begins so: see obtain_git_tree. Other tools' files have
// facts of that name too, and what is no commit would become a word of a command.
std::string commit_in(std::string_view origin) {
  constexpr std::string_view prefix = "commit ";
  if (!origin.starts_with(prefix)) return {};
  origin.remove_prefix(prefix.size());
  return std::string(origin.substr(0, origin.find_first_not_of("0123456789abcdef")));
}

Tally count(const JobRecord& job) {
  Tally tally;
  for (const CaseRecord& record : job.cases)
    add(tally, record.verdict.outcome);
  return tally;
}

Tally count(const RunRecord& run) {
  Tally tally;
  for (const JobRecord& job : run.jobs)
    for (const CaseRecord& record : job.cases)
      add(tally, record.verdict.outcome);
  return tally;
}

}  // namespace bootgate
