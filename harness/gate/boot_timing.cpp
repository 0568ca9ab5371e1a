#include "harness/gate/boot_timing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/gate/boots.hpp"
#include "reports/statistics.hpp"

namespace bootgate {
namespace {

/// A slower phase is slower by this part of its time, and by so many seconds.
constexpr double relative = 0.05, absolute = 0.05;
/// The same of a single boot, which proves nothing.
constexpr double suspicious_relative = 0.15, suspicious_absolute = 0.15;
/// That the order of the boots' times is chance.
constexpr double most_chance = 0.01;

struct Phase {
  const char* name;
  const char* from;  // a fact; nullptr: QEMU's start
  const char* to;
};

constexpr Phase phases[] = {{"start to kernel", nullptr, "time.kernel"},
                            {"kernel to init", "time.kernel", "time.init"},
                            {"init to login", "time.init", "time.login"}};

using Facts = std::vector<std::pair<std::string, std::string>>;

std::optional<double> seconds(const Facts& facts, const char* name) {
  if (!name) return 0;
  for (const auto& [known, value] : facts) {
    double number = 0;
    if (known == name && std::from_chars(value.data(), value.data() + value.size(), number).ec == std::errc{})
      return number;
  }
  return std::nullopt;
}

template <class Run>
PhaseTimes times_of(const Run& run) {
  for (const auto& job : run.jobs) {
    PhaseTimes times;
    for (const Phase& phase : phases)
      if (auto from = seconds(job.facts, phase.from), to = seconds(job.facts, phase.to); from && to)
        times[phase.name] = *to - *from;
    if (times.size() == std::size(phases)) return times;
  }
  return {};
}

std::vector<double> of_phase(const std::vector<PhaseTimes>& boots, const std::string& phase) {
  std::vector<double> values;
  for (const PhaseTimes& times : boots)
    if (auto found = times.find(phase); found != times.end()) values.push_back(found->second);
  return values;
}

}  // namespace

PhaseTimes phase_times(const RunResult& run) {
  return times_of(run);
}

PhaseTimes phase_times(const RunRecord& run) {
  return times_of(run);
}

bool is_suspicious(const PhaseTimes& base, const PhaseTimes& head) {
  return std::any_of(head.begin(), head.end(), [&](const auto& phase) {
    auto before = base.find(phase.first);
    if (before == base.end()) return false;
    const double more = phase.second - before->second;
    return more > suspicious_absolute && more > suspicious_relative * before->second;
  });
}

std::vector<GateRow> slower_phases(const std::vector<PhaseTimes>& base, const std::vector<PhaseTimes>& head) {
  std::vector<GateRow> rows;
  for (const Phase& phase : phases) {
    const std::vector<double> before = of_phase(base, phase.name), after = of_phase(head, phase.name);
    const RankTest test = rank_test(before, after);
    const double usual = median(before);
    if (test.p > most_chance || test.shift < absolute || test.shift < relative * usual) continue;
    rows.push_back({GateRow::Kind::slower,
                    phase.name,
                    fmt::format("{:.3f} -> {:.3f} s, medians of {} and {} boots in turn (p = {:.1g})", usual,
                                median(after), before.size(), after.size(), test.p),
                    {},
                    {}});
  }
  return rows;
}

Plan boots_on_image(Plan plan, const fs::path& image) {
  plan = boots_of(std::move(plan));
  for (PlannedKernel& kernel : plan.kernels) {
    kernel.name.kind = KernelName::Kind::image;
    kernel.name.value = image.string();
    kernel.request.rust_samples = false;
  }
  for (Job& job : plan.jobs)
    job.builds = false;
  return plan;
}

}  // namespace bootgate
