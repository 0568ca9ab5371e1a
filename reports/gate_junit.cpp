#include <fmt/format.h>

#include "reports/gate_report.hpp"

namespace bootgate {
namespace {

Outcome outcome_of(const GateRow& row) {
  if (counts(row)) return Outcome::fail;
  const bool undecided = row.kind == GateRow::Kind::flaky || row.kind == GateRow::Kind::still_failing;
  return undecided ? Outcome::skip : Outcome::pass;
}

CaseResult case_of(const GateRow& row) {
  CaseResult result;
  result.suite = row.job.empty() ? "gate" : row.job;
  result.name = row.subject;
  result.outcome = outcome_of(row);
  result.cause = counts(row) ? Cause::mismatch : Cause::none;
  result.reason = fmt::format("{}: {}", to_string(row.kind), row.what);
  result.details = row.details;
  return result;
}

}  // namespace

RunResult gate_difference(const GateVerdict& verdict) {
  JobResult job;
  job.name = "gate";
  job.timestamp = verdict.timestamp;
  job.took = verdict.took;
  job.facts = {{"series", verdict.series},
               {"base", verdict.base},
               {"head", verdict.head},
               {"same", std::to_string(verdict.same)}};
  for (const GateRow& row : verdict.rows)
    job.cases.push_back(case_of(row));
  // A file without a case is none to many readers; and there was something to judge.
  if (!verdict.error && !verdict.interrupted) {
    CaseResult as_before;
    as_before.suite = "gate";
    as_before.name = "all other cases";
    as_before.outcome = Outcome::pass;
    job.cases.push_back(std::move(as_before));
  }
  RunResult run;
  run.timestamp = verdict.timestamp;
  run.jobs.push_back(std::move(job));
  run.error = verdict.error;
  run.interrupted = verdict.interrupted;
  return run;
}

}  // namespace bootgate
