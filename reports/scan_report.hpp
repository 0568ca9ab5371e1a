// What a scan of saved consoles has found: for people, for programs, and for CI.
#pragma once

#include <span>

#include "harness/run/result.hpp"
#include "harness/scan/console_scan.hpp"
#include "harness/support/json.hpp"

namespace bootgate {

/// For people, at 80 columns but for console lines. Guest bytes are escaped.
std::string describe(const ScanResult& log, bool colour);

/// The last line: what the scan comes to.
std::string verdict(std::span<const ScanResult> logs, bool colour);

Json to_json(std::span<const ScanResult> logs);

/// The logs as jobs and the titles as cases, for junit_xml. A log without a report has one case, which passes.
RunResult as_run(std::span<const ScanResult> logs);

}  // namespace bootgate
