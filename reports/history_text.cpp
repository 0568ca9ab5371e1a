#include "reports/history_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/display_text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t history_reason_width = 60;

char mark_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return '.';
    case Outcome::fail: return 'F';
    case Outcome::error: return 'E';
    case Outcome::skip: return 's';
    case Outcome::not_run: return '-';
    case Outcome::known: return 'k';
    case Outcome::flaky: return '~';
  }
  return 'E';
}

/// Nights are what a list is of: of all else it tells the kind.
std::string listed_remark(const RunEntry& run) {
  const std::string remark = remark_on(run);
  if (run.kind == RunKind::night) return remark;
  return fmt::format("{}{}{}", to_string(run.kind), remark.empty() ? "" : ", ", remark);
}

std::string case_text(const CaseHistory& history, bool coloured) {
  std::string marks, changes;
  int attempts = 0, failed_attempts = 0, good = 0;
  const CasePoint* last = nullptr;
  for (const CasePoint& point : history.points) {
    const Outcome outcome = point.verdict.outcome;
    marks += painted(std::string(1, mark_of(outcome)), label(outcome).colour, coloured);
    attempts += point.attempts;
    failed_attempts += point.failed_attempts;
    good += outcome == Outcome::pass || outcome == Outcome::flaky ? 1 : 0;
    if (!last || last->verdict.outcome != outcome)
      changes += fmt::format("    {}  {:<12} {} {}\n", point.run, point.commit, aligned(label(outcome), coloured),
                             cut(point.verdict.reason, history_reason_width));
    last = &point;
  }
  return fmt::format("{}/{}  ({})\n    {}\n    good in {} of {} runs; {} of {} attempts failed\n{}", history.suite,
                     history.name, history.job, marks, good, history.points.size(), failed_attempts, attempts, changes);
}

}  // namespace

std::string remark_on(const RunEntry& run) {
  return !run.finished ? "cut off" : run.interrupted ? "interrupted" : run.error;
}

std::string runs_text(const std::vector<RunEntry>& runs) {
  std::size_t width = 3;
  for (const RunEntry& run : runs)
    width = std::max(width, run.name.size());
  std::string text = fmt::format("{:<{}}  passed  failed  errors  flaky  skipped\n", "run", width);
  for (const RunEntry& run : runs) {
    const Tally& tally = run.tally;
    const std::string remark = listed_remark(run);
    text += fmt::format("{:<{}}  {:>6}  {:>6}  {:>6}  {:>5}  {:>7}{}\n", run.name, width, tally.pass, tally.fail,
                        tally.error, tally.flaky, tally.skip + tally.not_run + tally.known,
                        remark.empty() ? "" : "  " + cut(remark, history_reason_width));
  }
  return text;
}

Json to_json(const std::vector<RunEntry>& runs) {
  Json::Array array;
  for (const RunEntry& run : runs)
    array.emplace_back(Json::Object{{"run", run.name},
                                    {"timestamp", run.timestamp},
                                    {"kind", std::string(to_string(run.kind))},
                                    {"directory", run.directory},
                                    {"finished", run.finished},
                                    {"interrupted", run.interrupted},
                                    {"error", run.error},
                                    {"jobs", run.jobs},
                                    {"pass", run.tally.pass},
                                    {"fail", run.tally.fail},
                                    {"error_count", run.tally.error},
                                    {"skip", run.tally.skip},
                                    {"not_run", run.tally.not_run},
                                    {"known", run.tally.known},
                                    {"flaky", run.tally.flaky}});
  return array;
}

std::string cases_text(const std::vector<CaseHistory>& cases, bool coloured) {
  std::string text = ". pass  F fail  ~ flaky  E error  s skipped  - not run  k known issue; oldest first\n";
  for (const CaseHistory& history : cases)
    text += "\n" + case_text(history, coloured);
  return text;
}

Json to_json(const std::vector<CaseHistory>& cases) {
  Json::Array array;
  for (const CaseHistory& history : cases) {
    Json::Array points;
    for (const CasePoint& point : history.points)
      points.emplace_back(Json::Object{{"run", point.run},
                                       {"timestamp", point.timestamp},
                                       {"commit", point.commit},
                                       {"release", point.release},
                                       {"outcome", std::string(to_string(point.verdict.outcome))},
                                       {"reason", point.verdict.reason},
                                       {"attempts", point.attempts},
                                       {"failed_attempts", point.failed_attempts}});
    array.emplace_back(Json::Object{
        {"job", history.job}, {"suite", history.suite}, {"case", history.name}, {"runs", std::move(points)}});
  }
  return array;
}

}  // namespace bootgate
