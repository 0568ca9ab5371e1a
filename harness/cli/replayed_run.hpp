// From an earlier run and one of its cases to a run of that case alone.
#pragma once

#include <span>

#include "harness/cli/arguments.hpp"
#include "harness/cli/saved_request.hpp"
#include "reports/reported_case.hpp"

namespace bootgate {

/// The one that `name` (CASE, SUITE/CASE or JOB/CASE) stands for; where it stands for several, the one that failed. An
/// error names the nearest, or those that it could be.
Result<ReportedCase> find_case(std::span<const ReportedCase> cases, const std::string& name);

/// The same run with this case alone, once. `build` and `clean-end` are of a job as a whole, which is repeated.
Result<RunArguments> replayed_run(const SavedRequest& request, const ReportedCase& the_case);

}  // namespace bootgate
