#include <algorithm>

#include "reports/junit.hpp"

namespace bootgate {
namespace {

constexpr Duration write_interval{300};
/// A large document takes its time to write: at most this part of a run's.
constexpr int write_share = 10;

/// Until its result comes, a case is an error.
void mark_unfinished(JobResult& job) {
  for (CaseResult& result : job.cases) {
    result.outcome = Outcome::error;
    result.cause = Cause::stopped;
    result.reason = "bootgate ended before this case did";
  }
}

}  // namespace

void JunitReport::on(const Event& event) {
  Urgency urgency = take(event);
  // Of a pipe nothing can be rewritten: it gets the last document only.
  if (urgency != Urgency::none && !std::holds_alternative<RunDone>(event) && is_stream(file_)) urgency = Urgency::none;
  behind_ = behind_ || urgency != Urgency::none;
  if (urgency == Urgency::now)
    write();
  else
    tick();
}

void JunitReport::tick() {
  if (behind_ && now_() >= next_write_) write();
}

JunitReport::Urgency JunitReport::take(const Event& event) {
  if (const auto* started = std::get_if<RunStarted>(&event)) {
    run_ = started->outline;
    for (JobResult& job : run_.jobs) {
      mark_unfinished(job);
      job.facts = {{"kernel", started->kernel}, {"accelerator", started->accelerator}};
    }
    return Urgency::now;
  }
  if (const auto* job = std::get_if<JobStarted>(&event)) {
    JobResult& known = run_.jobs.at(job->job);
    auto facts = std::move(known.facts);
    known = job->outline;
    known.facts = std::move(facts);
    mark_unfinished(known);
    return Urgency::soon;
  }
  if (const auto* done = std::get_if<CaseDone>(&event)) {
    run_.jobs.at(done->job).cases.at(done->index) = done->result;
    return Urgency::soon;
  }
  if (const auto* job_done = std::get_if<JobDone>(&event)) {
    run_.jobs.at(job_done->job) = job_done->result;
    return Urgency::now;
  }
  if (const auto* run_done = std::get_if<RunDone>(&event)) {
    run_ = run_done->result;
    return Urgency::now;
  }
  return Urgency::none;
}

void JunitReport::write() {
  const TimePoint start = now_();
  error_.reset();
  fs::path directory = file_.parent_path();
  Result<> written = directory.empty() ? Result<>() : make_directories(directory);
  if (written) written = write_file_atomically(file_, junit_xml(run_, flavour_));
  if (!written) error_ = written.error();
  behind_ = !written;
  const TimePoint end = now_();
  next_write_ = end + std::max<Clock::duration>(write_interval, (end - start) * write_share);
}

}  // namespace bootgate
