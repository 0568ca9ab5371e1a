#include "reports/overview.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "harness/support/text.hpp"
#include "reports/baseline.hpp"

namespace bootgate {
namespace {

bool is_good(const CasePoint& point) {
  return point.verdict.outcome == Outcome::pass || point.verdict.outcome == Outcome::flaky;
}

bool is_failure(const CasePoint& point) {
  return point.verdict.outcome == Outcome::fail;
}

Mark mark_of(const CasePoint& point) {
  return {point.run, point.timestamp, point.commit};
}

/// The points before this run; the run itself may be in the history, or not yet.
std::vector<CasePoint> points_before(const CaseHistory& history, const std::string& run) {
  std::vector<CasePoint> points;
  for (const CasePoint& point : history.points)
    if (point.run != run) points.push_back(point);
  return points;
}

CasePoint point_of(const RunRecord& run, const CaseRecord& record) {
  CasePoint point;
  point.run = run.name;
  point.timestamp = run.timestamp;
  point.verdict = record.verdict;
  point.attempts = static_cast<int>(record.earlier.size() + 1);
  auto failed = [](const AttemptRecord& attempt) {
    return attempt.outcome == Outcome::fail || attempt.outcome == Outcome::error;
  };
  point.failed_attempts = static_cast<int>(std::count_if(record.earlier.begin(), record.earlier.end(), failed)) +
                          (failed(record.verdict) ? 1 : 0);
  return point;
}

void look_back(Finding& finding, const std::vector<CasePoint>& points) {
  std::optional<bool> good;
  for (const CasePoint& point : points) {
    finding.strip.push_back(point.verdict.outcome);
    finding.attempts += point.attempts;
    finding.failed_attempts += point.failed_attempts;
    if (is_good(point)) {
      finding.last_good = mark_of(point);
      finding.first_bad.reset();
    }
    if (is_failure(point) && !finding.first_bad) finding.first_bad = mark_of(point);
    if (!is_good(point) && !is_failure(point)) continue;
    if (good && *good != is_good(point)) ++finding.turns;
    good = is_good(point);
  }
  finding.runs = static_cast<int>(points.size());
}

/// "/linux" out of "commit 0123456789ab (master of /linux), built with LLVM".
std::string repository_in(std::string_view origin) {
  const std::size_t of = origin.find(" of "), end = origin.rfind("), ");
  const std::size_t close = end == std::string_view::npos ? origin.rfind(')') : end;
  if (!origin.starts_with("commit ") || of == std::string_view::npos || close == std::string_view::npos || close < of)
    return {};
  return std::string(origin.substr(of + 4, close - of - 4));
}

std::string bisect_command(const Finding& finding, const JobRecord* job) {
  const bool fails = finding.change.after && finding.change.after->verdict.outcome == Outcome::fail;
  if (!job || !fails || !finding.last_good || !finding.first_bad) return {};
  const std::string& good = finding.last_good->commit;
  const std::string& bad = finding.first_bad->commit;
  const std::string tree = repository_in(fact(*job, "kernel.origin"));
  if (good.empty() || bad.empty() || good == bad || tree.empty()) return {};
  // A remote repository's commits are looked for in a clone of it: the directory that one stands in. git takes
  // "git@host:x" for one too: a colon before the first slash.
  const bool is_remote = tree.find("://") != std::string::npos || tree.find(':') < tree.find('/');
  const std::string_view options = fact(*job, bisect_options_fact);
  if (options.empty()) return {};  // a job that bisect can't repeat, or a result file of another tool
  return fmt::format("bootgate bisect{} --good {} --bad {} {} --case {}",
                     is_remote ? std::string() : " --tree " + shell_quoted(tree), good, bad, options,
                     shell_quoted(finding.change.name));
}

int rank(const Finding& finding) {
  if (is_new_failure(finding.change)) return 0;
  constexpr std::array order{Change::gone,  Change::unjudged, Change::still_failing,
                             Change::flaky, Change::fixed,    Change::added};
  return 1 + static_cast<int>(std::find(order.begin(), order.end(), finding.change.change) - order.begin());
}

/// What no run before has shown of this job.
std::vector<NewCrash> unheard_of(std::vector<NewCrash> crashes, const HistoryView& view) {
  std::erase_if(crashes, [&](const NewCrash& crash) { return view.crashes.contains({crash.job, crash.crash.title}); });
  for (NewCrash& crash : crashes)
    crash.elsewhere = std::any_of(view.crashes.begin(), view.crashes.end(),
                                  [&](const auto& known) { return known.second == crash.crash.title; });
  return crashes;
}

std::optional<DriftFinding> drift_finding(const MeasurementHistory& history) {
  const Measurement measurement{history.name, 0};
  const Tolerance tolerance = is_time(measurement) ? time_tolerance() : size_tolerance();
  const std::size_t most = usual_runs + tolerance.in_a_row;
  const std::size_t first = history.points.size() > most ? history.points.size() - most : 0;
  std::vector<double> values;
  for (std::size_t i = first; i < history.points.size(); ++i)
    values.push_back(history.points[i].value);
  const DriftVerdict verdict = drift_of(values, tolerance);
  if (verdict.drift != Drift::up && verdict.drift != Drift::down) return std::nullopt;
  std::size_t since = history.points.size() - 1;
  auto is_beyond = [&](double value) {
    return verdict.drift == Drift::up ? value - verdict.usual > verdict.limit : verdict.usual - value > verdict.limit;
  };
  while (since > first && is_beyond(history.points[since - 1].value))
    --since;
  const MeasurementPoint& point = history.points[since];
  return DriftFinding{history.job, history.name, verdict, {point.run, point.timestamp, point.commit}};
}

Finding make_finding(const CaseChange& change, const RunRecord& run, const CaseHistory* history) {
  Finding finding;
  finding.change = change;
  std::vector<CasePoint> points = history ? points_before(*history, run.name) : std::vector<CasePoint>();
  const JobRecord* of = nullptr;
  for (const JobRecord& job : run.jobs)
    if (job.name == change.job) of = &job;
  if (change.after) {
    CasePoint now = point_of(run, *change.after);
    if (of) now.commit = commit_in(fact(*of, "kernel.origin"));
    points.push_back(std::move(now));
  }
  look_back(finding, points);
  finding.bisect = bisect_command(finding, of);
  return finding;
}

}  // namespace

Overview make_overview(RunRecord run, const HistoryView& view) {
  Overview overview;
  overview.before = view.before;
  if (view.before) {
    const Baseline baseline = baseline_of(view, run);
    Comparison comparison = compare(baseline.record, run);
    std::map<CaseKey, const CaseHistory*> histories;
    for (const CaseHistory& history : view.cases)
      histories.emplace(CaseKey(history.job, history.suite, history.name), &history);
    for (const CaseChange& change : comparison.cases) {
      if (change.change == Change::same || is_the_benchs(change, run) || is_told(change, run, baseline)) continue;
      auto known = histories.find({change.job, change.suite, change.name});
      overview.findings.push_back(make_finding(change, run, known == histories.end() ? nullptr : known->second));
    }
    std::stable_sort(overview.findings.begin(), overview.findings.end(),
                     [](const Finding& a, const Finding& b) { return rank(a) < rank(b); });
    overview.crashes = unheard_of(std::move(comparison.crashes), view);
  }
  for (const MeasurementHistory& history : view.measurements)
    if (!history.points.empty() && history.points.back().run == run.name)
      if (auto drift = drift_finding(history)) overview.drifts.push_back(std::move(*drift));
  overview.run = std::move(run);
  return overview;
}

Overview make_overview(const RunRecord& before, RunRecord run) {
  Comparison comparison = compare(before, run);
  Overview overview;
  overview.before = before.name.empty() ? "the run before" : before.name;
  for (CaseChange& change : comparison.cases)
    if (change.change != Change::same && !is_the_benchs(change, run))
      overview.findings.push_back(make_finding(change, run, nullptr));
  std::stable_sort(overview.findings.begin(), overview.findings.end(),
                   [](const Finding& a, const Finding& b) { return rank(a) < rank(b); });
  overview.crashes = std::move(comparison.crashes);
  overview.measurements = std::move(comparison.measurements);
  overview.run = std::move(run);
  return overview;
}

bool is_quiet(const Overview& overview) {
  const auto is_bad = [](const Finding& finding) {
    return is_new_failure(finding.change) || finding.change.change == Change::gone;
  };
  return std::none_of(overview.findings.begin(), overview.findings.end(), is_bad) && overview.crashes.empty() &&
         std::none_of(overview.drifts.begin(), overview.drifts.end(),
                      [](const DriftFinding& drift) { return drift.verdict.drift == Drift::up; });
}

int comparison_status(const RunRecord& before, const Overview& overview) {
  // What broke is broken, whatever else could not be told.
  if (!is_quiet(overview)) return 1;
  const auto broke_off = [](const RunRecord& run) { return run.interrupted || !run.error.empty(); };
  const bool unjudged = std::any_of(overview.findings.begin(), overview.findings.end(),
                                    [](const Finding& finding) { return finding.change.change == Change::unjudged; });
  return unjudged || broke_off(before) || broke_off(overview.run) ? 3 : 0;
}

std::string headline(const Overview& overview) {
  const Tally tally = count(overview.run);
  std::vector<std::string> parts;
  auto say = [&](long number, std::string_view what) {
    if (number > 0) parts.push_back(fmt::format("{} {}", number, what));
  };
  auto found = [&](auto fits) { return std::count_if(overview.findings.begin(), overview.findings.end(), fits); };
  auto drifted = [&](Drift drift, bool of_time) {
    return std::count_if(overview.drifts.begin(), overview.drifts.end(), [&](const DriftFinding& one) {
      return one.verdict.drift == drift && is_time({one.name, 0}) == of_time;
    });
  };
  if (!overview.run.error.empty()) parts.emplace_back("the test bench failed");
  say(found([](const Finding& finding) { return is_new_failure(finding.change); }), "newly failing");
  say(static_cast<long>(overview.crashes.size()),
      overview.crashes.size() == 1 ? "new crash report" : "new crash reports");
  say(found([](const Finding& finding) { return finding.change.change == Change::gone; }), "gone");
  say(drifted(Drift::up, true), "slower");
  say(drifted(Drift::up, false), "larger");
  say(found([](const Finding& finding) { return finding.change.change == Change::fixed; }), "fixed");
  if (parts.empty()) parts.emplace_back(overview.before ? "nothing changed" : "the first run");
  std::vector<std::string> totals;
  std::swap(parts, totals);
  say(tally.fail, "failed");
  say(tally.error, "in error");
  say(tally.flaky, "flaky");
  say(tally.not_run, "not run");
  say(tally.skip, "skipped");
  say(tally.known, "known issues");
  parts.push_back(fmt::format("{} passed", tally.pass));
  return fmt::format("{}; in all {}", fmt::join(totals, ", "), fmt::join(parts, ", "));
}

std::string measured(const std::string& name, double value) {
  if (is_time({name, 0})) return fmt::format("{:.3f} s", value);
  constexpr double mib = 1024.0 * 1024;
  return value >= mib ? fmt::format("{:.2f} MiB", value / mib) : fmt::format("{:.1f} KiB", value / 1024);
}

std::string describe(const DriftFinding& drift) {
  const DriftVerdict& verdict = drift.verdict;
  const double change = verdict.usual > 0 ? (verdict.newest / verdict.usual - 1) * 100 : 0;
  return fmt::format("{} {} -> {} ({:+.0f} %)", drift.name, measured(drift.name, verdict.usual),
                     measured(drift.name, verdict.newest), change);
}

}  // namespace bootgate
