#include "reports/result_log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"
#include "reports/display_text.hpp"
#include "reports/result_text.hpp"

namespace bootgate {

void ResultLog::on(const Event& event) {
  if (const auto* run = std::get_if<RunStarted>(&event)) {
    for (const JobResult& outline : run->outline.jobs) {
      jobs_.emplace_back().outline = outline;
      widen_names(outline);
    }
  } else if (const auto* job = std::get_if<JobStarted>(&event)) {
    begin(job->job, job->outline);
  } else if (const auto* done = std::get_if<CaseDone>(&event)) {
    add(done->job, done->index, done->result);
  } else if (const auto* job_done = std::get_if<JobDone>(&event)) {
    for (std::size_t i = 0; i < job_done->result.cases.size(); ++i)
      add(job_done->job, i, job_done->result.cases[i]);
    jobs_.at(job_done->job).begun = jobs_.at(job_done->job).ended = true;
  } else if (const auto* run_done = std::get_if<RunDone>(&event)) {
    end(run_done->result);
  } else {
    return;
  }
  tell_what_is_due();
}

void ResultLog::begin(std::size_t job, const JobResult& outline) {
  jobs_.at(job).outline = outline;
  jobs_.at(job).begun = true;
  widen_names(outline);
}

/// The last word on a case counts: a job's end may change what was said of it.
void ResultLog::add(std::size_t job, std::size_t index, const CaseResult& result) {
  JobLog& log = jobs_.at(job);
  log.begun = true;
  auto [known, fresh] = log.outcomes.try_emplace(index, result.outcome);
  const bool waits = log.waiting.contains(index);
  if (!fresh && !waits && known->second == result.outcome) return;
  known->second = result.outcome;
  if (index < log.next || job < turn_)
    tell(log, result);
  else
    log.waiting[index] = result;
}

void ResultLog::end(const RunResult& run) {
  ended_ = true;
  for (std::size_t i = 0; i < std::min(jobs_.size(), run.jobs.size()); ++i) {
    const std::vector<CaseResult>& cases = run.jobs[i].cases;
    for (std::size_t k = 0; k < cases.size(); ++k)
      if (jobs_[i].begun || cases[k].outcome != Outcome::not_run) add(i, k, cases[k]);
  }
}

void ResultLog::widen_names(const JobResult& job) {
  constexpr std::size_t widest = 48;
  for (const CaseResult& result : job.cases)
    name_width_ = std::max(name_width_, std::min(widest, title(result).size()));
}

void ResultLog::tell_what_is_due() {
  while (turn_ < jobs_.size() && tell(jobs_[turn_]))
    ++turn_;
}

bool ResultLog::tell(JobLog& job) {
  if (!job.begun) return ended_;
  if (!std::exchange(job.headed, true) && !options_.quiet)
    due_ += fmt::format("\n{}\n", painted(printable(job.outline.name), ink::bold, options_.coloured));
  const bool complete = job.ended || ended_;
  if (complete && was_skipped_as_a_whole(job)) tell_of_skipped(job);
  while (!job.waiting.empty()) {
    auto first = job.waiting.begin();
    if (first->first != job.next && !complete) return false;
    job.next = first->first + 1;
    tell(job, first->second);
    job.waiting.erase(first);
  }
  return complete;
}

void ResultLog::tell(JobLog& job, const CaseResult& result) {
  if (options_.quiet && !is_bad(result.outcome)) return;
  due_ += case_text(result, {options_.coloured, name_width_, job.outline.directory, job.told_machine});
  if (is_fresh_boot(result)) job.told_machine = result.machine;
}

bool ResultLog::was_skipped_as_a_whole(const JobLog& job) const {
  if (job.next > 0 || job.waiting.size() < 2 || job.waiting.size() != job.outcomes.size()) return false;
  const std::string& reason = job.waiting.begin()->second.reason;
  return std::all_of(job.waiting.begin(), job.waiting.end(), [&](const auto& entry) {
    return entry.second.outcome == Outcome::skip && entry.second.reason == reason;
  });
}

/// In one line: what the host can't run is the same for all.
void ResultLog::tell_of_skipped(JobLog& job) {
  CaseResult all = job.waiting.begin()->second;
  all.name = "*";
  all.reason = fmt::format("{} cases: {}", job.waiting.size(), all.reason);
  tell(job, all);
  job.next = job.waiting.rbegin()->first + 1;
  job.waiting.clear();
}

bool ResultLog::waits() const {
  return std::any_of(jobs_.begin(), jobs_.end(), [](const JobLog& job) { return !job.waiting.empty(); });
}

std::vector<ResultLog::Waiting> ResultLog::waiting_failures() const {
  std::vector<Waiting> failures;
  for (std::size_t job = turn_; job < jobs_.size(); ++job)
    for (const auto& [index, result] : jobs_[job].waiting)
      if (is_bad(result.outcome)) failures.push_back({job, index, &jobs_[job].outline, &result});
  return failures;
}

RunProgress ResultLog::progress() const {
  RunProgress progress;
  for (const JobLog& job : jobs_) {
    progress.cases += job.outline.cases.size();
    progress.done += job.outcomes.size();
    for (const auto& [index, outcome] : job.outcomes)
      progress.failed += is_bad(outcome) ? 1 : 0;
  }
  return progress;
}

}  // namespace bootgate
