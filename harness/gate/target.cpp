#include "harness/gate/target.hpp"

#include <algorithm>

#include "harness/gate/blame.hpp"
#include "harness/gate/evidence_text.hpp"
#include "harness/plan/suite.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using Mark = TriedCommit::Mark;

TriedCommit tried(Mark mark, const CaseResult& result, const std::string& why) {
  return {{}, {}, mark, printable(why), mark == Mark::good ? std::string() : evidence_text(result)};
}

std::string reason_of(const CaseResult& result) {
  return result.reason.empty() ? std::string(to_string(result.outcome)) : result.reason;
}

std::vector<const CaseResult*> cases_of(const RunResult& run) {
  std::vector<const CaseResult*> cases;
  for (const JobResult& job : run.jobs)
    for (const CaseResult& result : job.cases)
      cases.push_back(&result);
  return cases;
}

bool has_title(const CaseResult& result, const std::string& title) {
  auto is_it = [&](const CrashReport& report) { return report.title == title; };
  return std::any_of(result.reports.begin(), result.reports.end(), is_it) ||
         std::any_of(result.earlier.begin(), result.earlier.end(),
                     [&](const CaseResult& attempt) { return has_title(attempt, title); });
}

std::string case_of(const CaseResult& result) {
  return result.suite + "/" + result.name;
}

bool has_passed(const CaseResult& result) {
  return result.outcome == Outcome::pass || result.outcome == Outcome::flaky;
}

/// Why the case could not have shown what was looked for, or nothing. What is skipped on every commit hides nothing.
std::optional<std::string> what_hides(const CaseResult& result, const std::set<std::string>& ran) {
  if (result.outcome == Outcome::fail) return "another failure may hide it: " + reason_of(result);
  const bool is_missing =
      result.outcome == Outcome::not_run || (result.outcome == Outcome::skip && ran.contains(case_of(result)));
  return is_missing ? std::optional("it was not tried: " + reason_of(result)) : std::nullopt;
}

TriedCommit mark_by_title(const std::vector<const CaseResult*>& cases, const std::string& title,
                          const std::set<std::string>& ran) {
  for (const CaseResult* result : cases)
    if (has_title(*result, title)) return tried(Mark::bad, *result, title);
  bool passed = false;
  for (const CaseResult* result : cases) {
    if (auto hidden = what_hides(*result, ran)) return tried(Mark::skip, *result, *hidden);
    passed = passed || has_passed(*result);
  }
  return passed ? TriedCommit{{}, {}, Mark::good, "no such crash report", {}}
                : TriedCommit{{}, {}, Mark::skip, "nothing passes", {}};
}

TriedCommit mark_by_case(const std::vector<const CaseResult*>& cases, const Target& target) {
  const CaseResult* undecided = nullptr;
  const CaseResult* good = nullptr;
  for (const CaseResult* result : cases) {
    if ((!target.suite.empty() && result->suite != target.suite) || result->name != target.name) continue;
    if (result->outcome == Outcome::fail) return tried(Mark::bad, *result, reason_of(*result));
    (has_passed(*result) ? good : undecided) = result;
  }
  if (good) return tried(Mark::good, *good, good->outcome == Outcome::flaky ? "passes, at times" : "passes");
  if (undecided)
    return tried(Mark::skip, *undecided,
                 undecided->outcome == Outcome::known ? "a known issue: " + reason_of(*undecided)
                                                      : "it was not tried: " + reason_of(*undecided));
  return {{}, {}, Mark::skip, "there is no such case", {}};
}

TriedCommit mark_by_any_failure(const std::vector<const CaseResult*>& cases) {
  for (const CaseResult* result : cases)
    if (result->outcome == Outcome::fail)
      return tried(Mark::bad, *result, case_of(*result) + ": " + reason_of(*result));
  if (std::any_of(cases.begin(), cases.end(), [](const CaseResult* result) { return has_passed(*result); }))
    return {{}, {}, Mark::good, "passes", {}};
  return {{}, {}, Mark::skip, "nothing passes", {}};
}

}  // namespace

std::string Target::text() const {
  if (!title.empty()) return title;
  if (name.empty()) return "any failure";
  return suite.empty() ? name : suite + "/" + name;
}

std::set<std::string> cases_that_ran(const RunResult& run) {
  std::set<std::string> names;
  for (const CaseResult* result : cases_of(run))
    if (result->outcome != Outcome::skip && result->outcome != Outcome::not_run) names.insert(case_of(*result));
  return names;
}

Result<TriedCommit> mark_of(const RunResult& run, const Target& target, const std::set<std::string>& ran) {
  if (run.interrupted) return interrupted_error();
  // Such as a Kconfig file that can't be read.
  if (run.error && is_users(*run.error))
    return TriedCommit{{}, {}, Mark::skip, printable(run.error->what), printable_lines(run.error->hint)};
  if (run.error) return tl::unexpected(*run.error);
  const std::vector<const CaseResult*> cases = cases_of(run);
  for (const CaseResult* result : cases) {
    if (result->outcome == Outcome::error) return bench_error(printable(reason_of(*result)));
    if (result->outcome == Outcome::fail && result->name == build_case)
      return tried(Mark::skip, *result, reason_of(*result));
  }
  if (!target.title.empty()) return mark_by_title(cases, target.title, ran);
  return target.name.empty() ? mark_by_any_failure(cases) : mark_by_case(cases, target);
}

}  // namespace bootgate
