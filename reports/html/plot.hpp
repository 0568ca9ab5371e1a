// Plots as SVG: the phases of a boot, and a measurement from run to run.
#pragma once

#include <optional>
#include <string>

#include "reports/history.hpp"
#include "reports/overview.hpp"
#include "reports/run_record.hpp"

namespace bootgate {

/// A bar for each phase that the job was measured by: until the first byte, the kernel's own, init's, the login. Empty
/// when there are none.
std::string waterfall_svg(const JobRecord& job);

/// A dot for each run, the usual range behind them, and those beyond it marked. `number` makes its ids unique on the
/// page. Empty for less than two points.
std::string trend_svg(const MeasurementHistory& history, const std::optional<DriftFinding>& drift, int number);

}  // namespace bootgate
