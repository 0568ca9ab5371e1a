#include "harness/gate/difference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/gate/evidence_text.hpp"
#include "harness/gate/warning_change.hpp"
#include "harness/plan/suite.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using Kind = GateRow::Kind;

std::string subject_of(const CaseChange& change) {
  return printable(change.suite + "/" + change.name);
}

const CaseResult* find_case(const RunResult& run, const CaseChange& change) {
  for (const JobResult& job : run.jobs)
    if (job.name == change.job)
      for (const CaseResult& result : job.cases)
        if (result.suite == change.suite && result.name == change.name) return &result;
  return nullptr;
}

bool is_bad_after(const CaseChange& change) {
  return change.after && change.after->verdict.outcome == Outcome::fail;
}

/// It has no result since its job failed before it came to it. The samples of a kernel that does not build are not even
/// known.
bool is_behind_a_failure(const CaseChange& change, const Comparison& comparison) {
  if (change.after && change.after->verdict.outcome != Outcome::not_run) return false;
  return std::any_of(comparison.cases.begin(), comparison.cases.end(), [&](const CaseChange& one) {
    return one.job == change.job && is_bad_after(one) && (change.after || one.name == build_case);
  });
}

/// All jobs have the same kernel: that it does not build is told once.
bool is_told(const CaseChange& change, const GateVerdict& verdict) {
  const std::string build = "/" + std::string(build_case);
  return change.name == build_case && std::any_of(verdict.rows.begin(), verdict.rows.end(),
                                                  [&](const GateRow& row) { return row.subject.ends_with(build); });
}

std::string reason_of(const CaseRecord& record) {
  return record.verdict.reason.empty() ? std::string(to_string(record.verdict.outcome)) : record.verdict.reason;
}

/// One line of what became of a case.
std::string told(const CaseChange& change) {
  switch (change.change) {
    case Change::gone:
      return change.after ? fmt::format("{}: {}", to_string(change.after->verdict.outcome), reason_of(*change.after))
                          : std::string("not there any more");
    case Change::fixed: return "failed in base: " + reason_of(*change.before);
    case Change::flaky: return "failed, and passed when it was tried again";
    default: return is_bad_after(change) ? reason_of(*change.after) : std::string("passes");
  }
}

bool has_passed_before(const CaseChange& change) {
  return change.before &&
         (change.before->verdict.outcome == Outcome::pass || change.before->verdict.outcome == Outcome::flaky);
}

std::optional<Kind> kind_of(const CaseChange& change) {
  switch (change.change) {
    case Change::broken: return Kind::broken;
    case Change::fixed: return Kind::fixed;
    case Change::still_failing: return Kind::still_failing;
    case Change::flaky: return Kind::flaky;
    case Change::added: return is_bad_after(change) ? Kind::broken : Kind::added;
    // What had failed before, and is not there any more, is no loss.
    case Change::gone: return has_passed_before(change) ? std::optional(Kind::gone) : std::nullopt;
    case Change::unjudged:
    case Change::same: return std::nullopt;
  }
  return std::nullopt;
}

void add_cases(const Comparison& comparison, const RunResult& head_run, GateVerdict& verdict) {
  for (const CaseChange& change : comparison.cases) {
    if (change.change == Change::unjudged && change.after && change.after->verdict.outcome == Outcome::error &&
        !verdict.error)
      verdict.error = bench_error(fmt::format("{}: {}", subject_of(change), reason_of(*change.after))).value();
    if (change.change == Change::same && change.after && change.after->verdict.outcome == Outcome::pass) ++verdict.same;
    const std::optional<Kind> kind = kind_of(change);
    if (!kind || is_behind_a_failure(change, comparison) || is_told(change, verdict)) continue;
    GateRow row{*kind, subject_of(change), told(change), change.job, {}};
    if (const CaseResult* result = find_case(head_run, change); result && counts(row))
      row.details = evidence_text(*result);
    verdict.rows.push_back(std::move(row));
  }
}

/// A title that is new counts also where its case had failed before, in another way.
void add_crashes(const Comparison& comparison, GateVerdict& verdict) {
  for (const NewCrash& crash : comparison.crashes) {
    const std::string subject = printable(crash.suite + "/" + crash.name);
    const bool is_told = std::any_of(verdict.rows.begin(), verdict.rows.end(), [&](const GateRow& row) {
      return row.kind == Kind::broken && row.subject == subject && row.job == crash.job;
    });
    if (!is_told && !crash.elsewhere)
      verdict.rows.push_back({Kind::broken, subject, "new crash report: " + crash.crash.title, crash.job, {}});
  }
}

void add_warnings(const Side& base, const Side& head, const Series& series, GateVerdict& verdict) {
  for (const BuildWarning& warning : new_warnings(base.warnings, head.warnings, series.touched))
    verdict.rows.push_back({Kind::broken,
                            fmt::format("{}:{}", printable(warning.file), warning.line),
                            "new warning: " + printable(warning.text),
                            {},
                            {}});
}

void add_config(const Side& base, const Side& head, GateVerdict& verdict) {
  if (base.config.empty() || head.config.empty()) return;
  auto value = [](const KconfigSettings& config, const std::string& symbol) {
    auto found = config.find(symbol);
    return found == config.end() ? std::string() : found->second;
  };
  KconfigSettings all = base.config;
  all.insert(head.config.begin(), head.config.end());
  for (const auto& [symbol, ignored] : all)
    if (const std::string before = value(base.config, symbol), after = value(head.config, symbol); before != after)
      verdict.config.push_back({symbol, before, after});
}

bool has_crashed(const CaseRecord& record) {
  auto crashed = [](const AttemptRecord& attempt) {
    return std::any_of(attempt.crashes.begin(), attempt.crashes.end(), [](const auto& one) { return one.counts; });
  };
  return crashed(record.verdict) || std::any_of(record.earlier.begin(), record.earlier.end(), crashed);
}

bool is_row_of(const GateRow& row, Kind kind, const JobRecord& job, const CaseRecord& record) {
  return row.kind == kind && row.job == job.name && row.subject == printable(record.suite + "/" + record.name);
}

/// The cases of these rows, but for those of which a crash report says that they failed.
std::vector<CaseName> without_a_crash(Kind kind, const GateVerdict& verdict, const RunRecord& run) {
  std::vector<CaseName> cases;
  for (const JobRecord& job : run.jobs)
    for (const CaseRecord& record : job.cases)
      if (record.name != build_case && !has_crashed(record) &&
          std::any_of(verdict.rows.begin(), verdict.rows.end(),
                      [&](const GateRow& row) { return is_row_of(row, kind, job, record); }))
        cases.push_back({job.name, record.suite, record.name});
  return cases;
}

/// A filter may have chosen more cases than were asked about: a run of one has its boot's as well.
template <class Take>
void for_rows(Kind kind, const RunRecord& run, const std::vector<CaseName>& asked, GateVerdict& verdict, Take take) {
  for (const JobRecord& job : run.jobs)
    for (const CaseRecord& record : job.cases)
      if (std::find(asked.begin(), asked.end(), CaseName{job.name, record.suite, record.name}) != asked.end())
        for (GateRow& row : verdict.rows)
          if (is_row_of(row, kind, job, record)) take(record, row);
}

}  // namespace

void add_difference(const Side& base, const Side& head, const RunResult& head_run, const Series& series,
                    GateVerdict& verdict) {
  const Comparison comparison = compare(base.run, head.run);
  if (!head.run.error.empty()) verdict.error = head_run.error;
  verdict.interrupted = verdict.interrupted || head.run.interrupted;
  add_cases(comparison, head_run, verdict);
  add_crashes(comparison, verdict);
  add_warnings(base, head, series, verdict);
  add_config(base, head, verdict);
  verdict.measurements = comparison.measurements;
}

std::optional<Error> base_obstacle(const Side& base, const std::vector<std::string>& boot_cases) {
  auto obstacle = [&](const char* what, const CaseRecord& record) {
    return bench_error(fmt::format("the base {} {}: {}", base.commit.substr(0, 12), what, reason_of(record)),
                       "nothing can be compared with it: choose another base")
        .value();
  };
  for (const JobRecord& job : base.run.jobs)
    for (const CaseRecord& record : job.cases) {
      const Outcome outcome = record.verdict.outcome;
      if (outcome == Outcome::error) return obstacle("could not be judged", record);
      if (outcome != Outcome::fail) continue;
      if (record.name == build_case) return obstacle("does not build", record);
      if (std::find(boot_cases.begin(), boot_cases.end(), record.name) != boot_cases.end())
        return obstacle("does not boot", record);
    }
  if (count(base.run).pass > 0) return std::nullopt;
  return bench_error("nothing passed in base, so that nothing can be compared with it").value();
}

std::vector<CaseName> suspects(const GateVerdict& verdict, const Side& head) {
  return without_a_crash(Kind::broken, verdict, head.run);
}

std::vector<CaseName> doubtful(const GateVerdict& verdict, const Side& base) {
  return without_a_crash(Kind::still_failing, verdict, base.run);
}

std::vector<std::string> filters_of(const std::vector<CaseName>& cases) {
  std::vector<std::string> filters;
  for (const CaseName& one : cases)
    filters.push_back(one.job + "/" + (one.name == clean_end_case ? "*" : one.name));
  return filters;
}

void forgive(const RunRecord& base_again, const std::vector<CaseName>& asked, GateVerdict& verdict) {
  for_rows(Kind::broken, base_again, asked, verdict, [](const CaseRecord& record, GateRow& row) {
    const Outcome outcome = record.verdict.outcome;
    if (outcome != Outcome::fail && outcome != Outcome::flaky) return;
    row.kind = outcome == Outcome::fail ? Kind::still_failing : Kind::flaky;
    row.what += "; in base as well, when it was tried again";
  });
}

bool accuse(const RunRecord& base_again, const std::vector<CaseName>& asked, GateVerdict& verdict) {
  bool accused = false;
  for_rows(Kind::still_failing, base_again, asked, verdict, [&](const CaseRecord& record, GateRow& row) {
    if (record.verdict.outcome != Outcome::pass) return;
    row.kind = Kind::broken;
    row.what += "; it passes in base, when that is tried again";
    accused = true;
  });
  return accused;
}

std::optional<Error> lack_of_proof(const Side& base, const Side& head, const GateVerdict& verdict) {
  if (std::any_of(verdict.rows.begin(), verdict.rows.end(), [](const GateRow& row) { return counts(row); }))
    return std::nullopt;
  const Comparison comparison = compare(base.run, head.run);
  for (const CaseChange& change : comparison.cases)
    if (change.change == Change::gone && has_passed_before(change) && is_behind_a_failure(change, comparison))
      return bench_error(fmt::format("{} could not be judged: head did not come to it", subject_of(change)),
                         "what failed before it in head fails in base as well, at times")
          .value();
  if (count(head.run).pass > 0) return std::nullopt;
  return bench_error("nothing passed in head, so that nothing is known of it").value();
}

void sort_rows(GateVerdict& verdict) {
  std::stable_sort(verdict.rows.begin(), verdict.rows.end(),
                   [](const GateRow& a, const GateRow& b) { return a.kind < b.kind; });
}

}  // namespace bootgate
