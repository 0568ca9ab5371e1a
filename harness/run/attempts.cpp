#include "harness/run/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bootgate {
namespace {

bool failed(const CaseResult& attempt) {
  return attempt.outcome == Outcome::fail || attempt.outcome == Outcome::error;
}

bool crashed(const CaseResult& attempt) {
  return failed(attempt) && attempt.cause == Cause::signature;
}

bool says_nothing(const CaseResult& attempt) {
  return attempt.outcome == Outcome::not_run || attempt.cause == Cause::stopped;
}

}  // namespace

bool wants_another(const Execution& execution, std::span<const CaseResult> attempts) {
  if (attempts.empty()) return true;
  const CaseResult& last = attempts.back();
  const int done = static_cast<int>(attempts.size());
  if (last.cause == Cause::stopped || last.outcome == Outcome::skip || last.outcome == Outcome::not_run) return false;
  if (done < execution.repeats) return true;
  if (done >= execution.repeats + execution.retries) return false;
  return failed(last) && std::none_of(attempts.begin(), attempts.end(), crashed);
}

CaseResult combined(std::vector<CaseResult> attempts) {
  // What was not run or broken off says nothing, where something else does.
  if (!std::all_of(attempts.begin(), attempts.end(), says_nothing)) std::erase_if(attempts, says_nothing);
  auto face = std::find_if(attempts.begin(), attempts.end(), crashed);
  const auto bad = std::find_if(attempts.begin(), attempts.end(), failed);
  const bool mixed =
      face == attempts.end() && bad != attempts.end() && !std::all_of(attempts.begin(), attempts.end(), failed);
  const std::string first_reason = mixed ? bad->reason : std::string();
  if (mixed) {
    auto good = std::find_if_not(attempts.rbegin(), attempts.rend(), failed);
    face = std::prev(good.base());
  } else if (face == attempts.end()) {
    face = std::prev(attempts.end());
  }
  CaseResult result = std::move(*face);
  attempts.erase(face);
  if (mixed) {
    result.outcome = Outcome::flaky;
    result.reason = first_reason;
  }
  result.earlier = std::move(attempts);
  return result;
}

}  // namespace bootgate
