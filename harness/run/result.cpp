#include "harness/run/result.hpp"

namespace bootgate {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "pass";
    case Outcome::fail: return "fail";
    case Outcome::error: return "error";
    case Outcome::skip: return "skip";
    case Outcome::not_run: return "not_run";
    case Outcome::known: return "known";
    case Outcome::flaky: return "flaky";
  }
  return "error";
}

std::string_view to_string(Cause cause) {
  switch (cause) {
    case Cause::none: return "none";
    case Cause::mismatch: return "mismatch";
    case Cause::signature: return "signature";
    case Cause::deadline: return "deadline";
    case Cause::silence: return "silence";
    case Cause::exited: return "exited";
    case Cause::power: return "power";
    case Cause::control_lost: return "control_lost";
    case Cause::taint: return "taint";
    case Cause::console: return "console";
    case Cause::bench: return "bench";
    case Cause::stopped: return "stopped";
  }
  return "bench";
}

Tally count(const JobResult& job) {
  Tally tally;
  for (const CaseResult& result : job.cases) {
    switch (result.outcome) {
      case Outcome::pass: ++tally.pass; break;
      case Outcome::fail: ++tally.fail; break;
      case Outcome::error: ++tally.error; break;
      case Outcome::skip: ++tally.skip; break;
      case Outcome::not_run: ++tally.not_run; break;
      case Outcome::known: ++tally.known; break;
      case Outcome::flaky: ++tally.flaky; break;
    }
  }
  return tally;
}

Tally count(const RunResult& run) {
  Tally sum;
  for (const JobResult& job : run.jobs) {
    Tally tally = count(job);
    sum.pass += tally.pass;
    sum.fail += tally.fail;
    sum.error += tally.error;
    sum.skip += tally.skip;
    sum.not_run += tally.not_run;
    sum.known += tally.known;
    sum.flaky += tally.flaky;
  }
  return sum;
}

int exit_code(const RunResult& run, std::optional<int> max_skips, bool fail_on_flaky) {
  if (run.interrupted) return exit_code(Error::Kind::interrupted);
  if (run.error) return exit_code(run.error->kind);
  Tally tally = count(run);
  if (tally.error > 0) return 3;
  if (tally.fail > 0 || (fail_on_flaky && tally.flaky > 0)) return 1;
  // No failure, and yet no proof: nothing passed, cases that did not run, or more skips than were agreed to.
  if (tally.pass + tally.flaky == 0 || tally.not_run > 0) return 3;
  if (max_skips && tally.skip > *max_skips) return 3;
  return 0;
}

}  // namespace bootgate
