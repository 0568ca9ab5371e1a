// Boot times of base and head, told from noise: boots of both in turn, medians and a rank test, never one sample.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/run/result.hpp"
#include "reports/gate_verdict.hpp"

namespace bootgate {

/// Seconds of each phase, by its name: "to the kernel's first line", "kernel to init", "init to login".
using PhaseTimes = std::map<std::string, double>;

/// Of the first job that has booted; empty where none has.
PhaseTimes phase_times(const RunResult& run);
PhaseTimes phase_times(const RunRecord& run);

/// Whether one boot of each is a reason to look closer.
bool is_suspicious(const PhaseTimes& base, const PhaseTimes& head);

/// A row for each phase that is slower beyond noise and beyond what anybody would notice.
std::vector<GateRow> slower_phases(const std::vector<PhaseTimes>& base, const std::vector<PhaseTimes>& head);

/// The boots of a plan, on a kernel that is there.
Plan boots_on_image(Plan plan, const fs::path& image);

}  // namespace bootgate
