// A small run with every outcome, for the tests of reports.
#pragma once

#include "harness/run/event.hpp"

namespace bootgate {

inline CaseResult sample_case(std::string name, Outcome outcome) {
  CaseResult result;
  result.suite = "boot";
  result.name = std::move(name);
  result.outcome = outcome;
  result.took = Duration(310);
  return result;
}

inline CaseResult sample_failure() {
  CaseResult result = sample_case("mount-a", Outcome::fail);
  result.cause = Cause::signature;
  result.reason = "WARNING in foo_bar";
  result.details = "run `mount -a`\nexit status 255, wanted 0";
  result.step = SourcePos{"suites/boot.toml", 31, 12};
  CrashReport report;
  report.id = "warning";
  report.title = "WARNING in foo_bar";
  report.first_line = 17;
  report.lines = {"WARNING: CPU: 0 PID: 1", "RIP: foo_bar"};
  result.reports = {std::move(report)};
  result.excerpt = {"[    0.100000] first", "[    0.200000] last"};
  result.took = Duration(1204);
  return result;
}

inline RunResult sample_run() {
  JobResult job;
  job.name = "debian-busybox-initrd_only-tcg";
  job.directory = "bootgate-out/1/debian-busybox-initrd_only-tcg";
  job.timestamp = "2026-11-23T01:20:00";
  job.facts = {{"kernel.release", "6.1.0-56-cloud-amd64"}, {"qemu.version", "7.2.22"}};
  job.cases = {sample_case("banner", Outcome::pass), sample_failure(), sample_case("login", Outcome::error),
               sample_case("rust", Outcome::skip), sample_case("shell", Outcome::not_run)};
  job.cases[0].records = {{"release", "6.1.0"}};
  job.cases[2].cause = Cause::bench;
  job.cases[2].reason = "QEMU: killed by SIGKILL";
  job.cases[3].reason = "needs config:RUST";
  job.cases[4].reason = "boot/login failed";
  job.took = Duration(2500);
  RunResult run;
  run.timestamp = job.timestamp;
  run.jobs = {job};
  return run;
}

/// The same before it ran.
inline RunStarted sample_start() {
  RunStarted started;
  started.kernel = "debian";
  started.accelerator = "tcg: KVM guests hang on this host";
  JobResult job;
  job.name = "debian-busybox-initrd_only-tcg";
  RunResult run = sample_run();
  for (const CaseResult& result : run.jobs[0].cases)
    job.cases.push_back(sample_case(result.name, Outcome::not_run));
  for (CaseResult& result : job.cases)
    result.took = Duration();
  started.outline.jobs = {job};
  return started;
}

/// Jobs "job-0", "job-1", ... with that many cases each, named "boot/a", "boot/b", ...
inline RunStarted jobs_of(const std::vector<std::size_t>& sizes) {
  RunStarted started;
  started.kernel = "debian";
  started.accelerator = "tcg";
  for (std::size_t size : sizes) {
    JobResult& job = started.outline.jobs.emplace_back();
    job.name = "job-" + std::to_string(started.outline.jobs.size() - 1);
    for (std::size_t i = 0; i < size; ++i)
      job.cases.push_back(sample_case(std::string(1, static_cast<char>('a' + i)), Outcome::not_run));
  }
  return started;
}

inline CaseDone case_done(std::size_t job, std::size_t index, Outcome outcome = Outcome::pass,
                          std::string reason = {}) {
  CaseDone done{job, index, sample_case(std::string(1, static_cast<char>('a' + index)), outcome)};
  done.result.reason = std::move(reason);
  return done;
}

/// The end of a job whose cases ended so; the others have passed.
inline JobDone job_done(const RunStarted& started, std::size_t job, const std::vector<CaseDone>& others = {}) {
  JobDone done{job, started.outline.jobs[job]};
  for (std::size_t i = 0; i < done.result.cases.size(); ++i)
    done.result.cases[i] = case_done(job, i).result;
  for (const CaseDone& other : others)
    if (other.job == job) done.result.cases[other.index] = other.result;
  return done;
}

/// A case that passed when it was tried for the third time.
inline CaseResult sample_flake() {
  CaseResult result = sample_case("loop-device", Outcome::flaky);
  result.earlier = {sample_case("loop-device", Outcome::fail), sample_case("loop-device", Outcome::error)};
  result.earlier[0].cause = Cause::deadline;
  result.earlier[0].reason = "not within 5s: loop: module loaded";
  result.earlier[0].details = "at step 2";
  result.earlier[0].excerpt = {"[    3.000000] the first console"};
  result.earlier[1].cause = Cause::bench;
  result.earlier[1].reason = "QEMU: killed by SIGKILL";
  return result;
}

/// Bytes that no terminal and no XML reader must get as they are: NUL, ESC, 0xFF, half of a UTF-8 sequence, CR, DEL.
inline std::string hostile_bytes() {
  using namespace std::string_literals;
  return "a\0\x1b[2J\x1b]0;t\x07\xff\xe2\x82 ]]> <&\"\r\x7f\xc2\x9bz"s;
}

}  // namespace bootgate
