// Configurations, sizes and times of base and head, as a line each.
#pragma once

#include <string>
#include <vector>

#include "reports/gate_verdict.hpp"

namespace bootgate {

/// "KASAN: n -> y".
std::string change_text(const ConfigChange& change);

/// "bzImage 7340032 -> 7340544 bytes (+512)", "login 0.731 -> 1.742 s".
std::string change_text(const MeasurementChange& change);

/// Each once, though every job tells of the same kernel.
std::vector<MeasurementChange> sizes_that_changed(const std::vector<MeasurementChange>& changes);

}  // namespace bootgate
