#include "harness/run/case_result.hpp"

namespace bootgate {

CaseResult not_run(std::string reason) {
  CaseResult result;
  result.reason = std::move(reason);
  return result;
}

CaseResult skipped(const Case& the_case, const std::string& reason) {
  CaseResult result;
  result.outcome = the_case.required ? Outcome::fail : Outcome::skip;
  result.cause = the_case.required ? Cause::mismatch : Cause::none;
  result.reason = the_case.required ? "required, but can't run: " + reason : reason;
  return result;
}

CaseResult broken(const Case& the_case) {
  CaseResult result;
  result.outcome = Outcome::fail;
  result.cause = Cause::mismatch;
  result.reason = "it does not compile";
  result.details = the_case.broken_reason;
  return result;
}

CaseResult bench_failure(const Error& error) {
  CaseResult result;
  result.outcome = Outcome::error;
  result.cause = error.kind == Error::Kind::interrupted ? Cause::stopped : Cause::bench;
  result.reason = one_line(error);
  return result;
}

void take(Verdict verdict, CaseResult& result) {
  result.outcome = verdict.outcome;
  result.cause = verdict.cause;
  result.reason = std::move(verdict.reason);
  result.details = std::move(verdict.details);
}

bool was_done(const CaseResult& result) {
  return result.outcome == Outcome::pass || (result.outcome == Outcome::known && result.cause == Cause::signature);
}

bool waited_in_vain(Cause cause) {
  return cause == Cause::deadline || cause == Cause::silence || cause == Cause::control_lost;
}

}  // namespace bootgate
