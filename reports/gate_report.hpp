// A gate's verdict, written down: for a terminal, for a merge request, for programs, and for what reads JUnit.
#pragma once

#include <string>

#include "harness/support/json.hpp"
#include "reports/gate_verdict.hpp"

namespace bootgate {

/// The table and what belongs to it, for a terminal.
std::string gate_text(const GateVerdict& verdict, bool coloured);

/// As a comment of a merge request; also what $GITHUB_STEP_SUMMARY takes.
std::string gate_markdown(const GateVerdict& verdict);

Json gate_json(const GateVerdict& verdict);

/// The difference as a run of one job: junit_xml writes it. What counts is a failure, what failed in base as well is
/// skipped with that reason, and the bench's failure is an error.
RunResult gate_difference(const GateVerdict& verdict);

}  // namespace bootgate
