// What a run found out, as plain data: the engine writes it, reports read it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "expectations/crash_report.hpp"
#include "expectations/pattern.hpp"
#include "harness/support/clock.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

/// `fail`: the guest misbehaved. `error`: the test bench did. `known`: the guest misbehaved in a way that is a known
/// issue. `flaky`: it failed without a crash report, and passed when it was tried again. `not_run`: there was no
/// machine to run on. Only a pass is a pass.
enum class Outcome { pass, fail, error, skip, not_run, known, flaky };

std::string_view to_string(Outcome outcome);

/// How a wait ended, when it did not end well; for `type` attributes and statistics.
enum class Cause {
  none,
  mismatch,
  signature,
  deadline,
  silence,
  exited,
  power,
  control_lost,
  taint,
  console,
  bench,
  stopped
};

std::string_view to_string(Cause cause);

struct CaseResult {
  std::string suite;
  std::string name;
  Outcome outcome = Outcome::not_run;
  Cause cause = Cause::none;
  std::string reason;                // one line; a crash report's title where there is one
  std::string details;               // more lines: the step, what was awaited, what came instead
  std::optional<SourcePos> step;     // where the step that failed is written
  std::vector<CrashReport> reports;  // the first one wins; later ones are attached
  std::vector<std::string> excerpt;  // console lines of this case (head and tail of long ones)
  std::string note;                  // how it was judged, when not by what is written in a suite
  Captures records;                  // named groups of its patterns
  std::string machine;  // what it ran on: "the booting machine", "a clone", "a fresh boot", "a fresh boot: REASON" in
                        // place of a clone
  std::vector<CaseResult> earlier;  // attempts before this one, in their order, when there was more than one
  Duration took{};
};

struct JobResult {
  std::string name;
  fs::path directory;                                      // its evidence
  std::string timestamp;                                   // UTC, of its start
  std::vector<std::pair<std::string, std::string>> facts;  // kernel.release, qemu.version, accelerator, ...
  std::vector<CaseResult> cases;                           // all of them, in the order of the suite
  bool samples = false;  // before its start: the kernel's Rust samples are still to come
  Duration took{};
};

struct RunResult {
  std::string timestamp;
  std::vector<JobResult> jobs;
  std::optional<Error> error;  // the bench failed outside of every case
  bool interrupted = false;
};

/// How many cases ended in each way.
struct Tally {
  int pass = 0, fail = 0, error = 0, skip = 0, not_run = 0, known = 0, flaky = 0;
  int total() const { return pass + fail + error + skip + not_run + known + flaky; }
};

Tally count(const JobResult& job);
Tally count(const RunResult& run);

/// 0 all passed, 1 a case failed (or was flaky, with `fail_on_flaky`), 3 the bench failed, or nothing passed, or more
/// than `max_skips` were skipped, 130 interrupted. A failure of the bench outweighs one of the kernel: it can't be told
/// what would have been.
int exit_code(const RunResult& run, std::optional<int> max_skips = std::nullopt, bool fail_on_flaky = false);

}  // namespace bootgate
