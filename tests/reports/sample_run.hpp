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

/// Bytes that no terminal and no XML reader must get as they are: NUL, ESC, 0xFF, half of a UTF-8 sequence, CR, DEL.
inline std::string hostile_bytes() {
  using namespace std::string_literals;
  return "a\0\x1b[2J\x1b]0;t\x07\xff\xe2\x82 ]]> <&\"\r\x7f\xc2\x9bz"s;
}

}  // namespace bootgate
