// case_result: the result of a case of the suite `boot`, as the tests of verdicts make many of them.
#pragma once

#include <string>

#include "harness/run/result.hpp"

namespace bootgate {

inline CaseResult case_result(const std::string& name, Outcome outcome, const std::string& reason = {}) {
  CaseResult result;
  result.suite = "boot";
  result.name = name;
  result.outcome = outcome;
  result.cause = outcome == Outcome::fail ? Cause::mismatch : Cause::none;
  result.reason = reason;
  return result;
}

}  // namespace bootgate
