// Attempts: when a case is tried again, and what several attempts of it come to.
#pragma once

#include <span>
#include <vector>

#include "harness/plan/execution.hpp"
#include "harness/run/result.hpp"

namespace bootgate {

/// Whether there is to be another attempt behind these. A crash report is never forgiven by a retry, so none follows
/// one; but `repeats` are all done.
bool wants_another(const Execution& execution, std::span<const CaseResult> attempts);

/// One result for all of them, with the others as its `earlier`. The first crash report decides; else attempts that
/// differ are flaky, and what they agree on stands.
CaseResult combined(std::vector<CaseResult> attempts);

}  // namespace bootgate
