// Results of cases that no steps were run for, and of those that a verdict is behind.
#pragma once

#include "harness/plan/suite.hpp"
#include "harness/run/judge.hpp"
#include "harness/run/result.hpp"

namespace bootgate {

CaseResult not_run(std::string reason);
/// A failure where the suite says that the case is required.
CaseResult skipped(const Case& the_case, const std::string& reason);
/// What can't be tried: a sample that did not compile.
CaseResult broken(const Case& the_case);
CaseResult bench_failure(const Error& error);

/// The verdict becomes the result's.
void take(Verdict verdict, CaseResult& result);

/// All its steps were done, whatever known issue came meanwhile.
bool was_done(const CaseResult& result);
/// It ended because something did not come: the guest may still tell what it does instead.
bool waited_in_vain(Cause cause);

}  // namespace bootgate
