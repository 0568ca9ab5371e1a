#include "reports/baseline.hpp"

#include <algorithm>
#include <map>

namespace bootgate {
namespace {

/// What became of a job in one run.
struct JobEnd {
  bool failed = false;   // a case did, or met a known issue
  bool error = false;    // the bench broke it
  bool not_run = false;  // a case was not run
  bool broke_off() const { return error || not_run; }
  /// A boot that fails ends its job; in a job without a failure nothing of the kernel's did.
  bool kernel_broke_it_off() const { return not_run && failed && !error; }
  bool says_nothing() const { return broke_off() && !kernel_broke_it_off(); }
};

void add_outcome(JobEnd& end, Outcome outcome) {
  end.failed |= outcome == Outcome::fail || outcome == Outcome::known;
  end.error |= outcome == Outcome::error;
  end.not_run |= outcome == Outcome::not_run;
}

using JobEnds = std::map<std::size_t, JobEnd>;  // by the run's place, before this run

/// The earlier runs in their order.
class EarlierRuns {
 public:
  EarlierRuns(const HistoryView& view, const std::string& run) : run_(run) {
    for (std::size_t i = 0; i < view.runs.size(); ++i)
      places_.emplace(view.runs[i], i);
    for (const CaseHistory& history : view.cases)
      for (const CasePoint& point : history.points)
        if (point.run != run) add_outcome(jobs_[history.job][places_[point.run]], point.verdict.outcome);
  }

  const JobEnds& ends_of(const std::string& job) { return jobs_[job]; }

  /// The case's points by their run's place; the run itself may be in the history, or not yet.
  std::map<std::size_t, const CasePoint*> points_of(const CaseHistory& history) {
    std::map<std::size_t, const CasePoint*> points;
    for (const CasePoint& point : history.points)
      if (point.run != run_) points.emplace(places_[point.run], &point);
    return points;
  }

 private:
  std::string run_;
  std::map<std::string, std::size_t> places_;
  std::map<std::string, JobEnds> jobs_;
};

/// No job was whole without it since it was there.
bool is_still_there(const std::map<std::size_t, const CasePoint*>& points, const JobEnds& ends) {
  for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
    if (points.contains(end->first)) return true;
    if (!end->second.broke_off()) return false;
  }
  return false;
}

/// In the newest run that tells of it, a boot that failed had taken it along.
bool has_not_run_since(const std::map<std::size_t, const CasePoint*>& points, const JobEnds& ends) {
  for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
    if (end->second.says_nothing()) continue;
    auto point = points.find(end->first);
    const bool is_there = point != points.end();
    return end->second.kernel_broke_it_off() && (!is_there || point->second->verdict.outcome == Outcome::not_run);
  }
  return false;
}

/// The newest that tells anything of the kernel.
const CasePoint* newest_judgement(const std::map<std::size_t, const CasePoint*>& points) {
  auto told = std::find_if(points.rbegin(), points.rend(), [](const auto& point) {
    const Outcome outcome = point.second->verdict.outcome;
    return outcome != Outcome::error && outcome != Outcome::not_run;
  });
  return told == points.rend() ? nullptr : told->second;
}

const JobRecord* job_in(const RunRecord& run, const std::string& name) {
  auto job = std::find_if(run.jobs.begin(), run.jobs.end(), [&](const JobRecord& one) { return one.name == name; });
  return job == run.jobs.end() ? nullptr : &*job;
}

JobEnd end_of(const JobRecord* job) {
  JobEnd end;
  if (job)
    for (const CaseRecord& record : job->cases)
      add_outcome(end, record.verdict.outcome);
  return end;
}

/// Neither judged nor skipped nor taken out of its suite.
bool is_not_run(const CaseChange& change, const JobEnd& end) {
  if (change.change != Change::gone) return false;
  return change.after ? change.after->verdict.outcome == Outcome::not_run : end.broke_off();
}

}  // namespace

Baseline baseline_of(const HistoryView& view, const RunRecord& run) {
  EarlierRuns earlier(view, run.name);
  Baseline baseline;
  std::map<std::string, JobRecord> jobs;
  for (const CaseHistory& history : view.cases) {
    const auto points = earlier.points_of(history);
    const JobEnds& ends = earlier.ends_of(history.job);
    const CasePoint* const told = newest_judgement(points);
    if (!told || !is_still_there(points, ends)) continue;
    JobRecord& job = jobs[history.job];
    job.name = history.job;
    job.cases.push_back({history.suite, history.name, told->verdict, {}});
    if (has_not_run_since(points, ends)) baseline.not_run.emplace(history.job, history.suite, history.name);
  }
  for (auto& entry : jobs) {
    // A job that went long ago is not gone again every night.
    const bool ran_before =
        std::find(view.jobs_before.begin(), view.jobs_before.end(), entry.first) != view.jobs_before.end();
    if (ran_before || job_in(run, entry.first)) baseline.record.jobs.push_back(std::move(entry.second));
  }
  return baseline;
}

bool is_the_benchs(const CaseChange& change, const RunRecord& run) {
  const JobEnd end = end_of(job_in(run, change.job));
  if (is_not_run(change, end) && (run.interrupted || end.says_nothing())) return true;
  // What such a run did not come to is not there. An error of the run breaks no job off that has begun.
  const bool did_not_come = run.interrupted || (!run.error.empty() && !end.failed);
  return did_not_come && change.change == Change::gone && !change.after;
}

bool is_told(const CaseChange& change, const RunRecord& run, const Baseline& baseline) {
  return is_not_run(change, end_of(job_in(run, change.job))) &&
         baseline.not_run.contains({change.job, change.suite, change.name});
}

}  // namespace bootgate
