#include "harness/run/host_budget.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>

#include "harness/support/cgroup.hpp"
#include "harness/support/kernel_file.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr std::int64_t mib = 1024 * 1024;

/// Of the calling thread, cpusets and offline CPUs taken into account (sched_getaffinity(2)).
int affinity() {
  // A mask that is shorter than the kernel's is refused with EINVAL.
  for (int bits = 1024; bits <= 1 << 20; bits *= 2) {
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(bits));
    std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> mask(CPU_ALLOC(static_cast<std::size_t>(bits)),
                                                          [](cpu_set_t* set) { CPU_FREE(set); });
    CPU_ZERO_S(size, mask.get());
    if (::sched_getaffinity(0, size, mask.get()) == 0) return std::max(1, CPU_COUNT_S(size, mask.get()));
    if (errno != EINVAL) break;
  }
  return 1;
}

/// How many CPUs the group may use in the mean, if it is limited.
std::optional<double> cpu_limit(const Cgroup& group) {
  std::optional<std::int64_t> quota, period;
  if (group.unified) {
    // "150000 100000" or "max 100000"
    const std::string text = read_file(group.directory / "cpu.max").value_or("");
    const auto fields = split(trimmed(text), ' ');
    if (fields.size() != 2) return std::nullopt;
    quota = number_of(fields[0]);
    period = number_of(fields[1]);
  } else {
    quota = read_number(group.directory / "cpu.cfs_quota_us");  // -1: no limit
    period = read_number(group.directory / "cpu.cfs_period_us");
  }
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

struct MemoryLimit {
  std::int64_t bytes;
  const char* file;
};

/// From memory.high on a group is slowed down until it is of no use to a guest with deadlines. A group has the files of
/// its version alone.
std::optional<MemoryLimit> memory_limit(const Cgroup& group) {
  std::optional<MemoryLimit> limit;
  for (const char* file : {"memory.max", "memory.high", "memory.limit_in_bytes"}) {
    auto bytes = read_number(group.directory / file);
    if (bytes && *bytes >= 0 && (!limit || *bytes < limit->bytes)) limit = {*bytes, file};
  }
  return limit;
}

/// What the group uses and could not be had back at once. The inactive part of the page cache can.
std::int64_t memory_held(const Cgroup& group) {
  auto used = read_number(group.directory / (group.unified ? "memory.current" : "memory.usage_in_bytes"));
  auto cache = read_number(group.directory / "memory.stat", group.unified ? "inactive_file" : "total_inactive_file");
  return std::max<std::int64_t>(0, used.value_or(0) - std::max<std::int64_t>(0, cache.value_or(0)));
}

/// Bootgate itself, its QEMUs beside their guests' memory, and whoever else wants some meanwhile.
std::int64_t reserve(std::int64_t available) {
  return std::clamp(available / 10, 256 * mib, 2048 * mib);
}

}  // namespace

HostBudget read_host_budget(const HostRoots& roots) {
  HostBudget budget;
  budget.cpus = roots.allowed_cpus.value_or(0);
  if (budget.cpus < 1) budget.cpus = affinity();
  budget.cpus_from = "CPU affinity";
  for (const Cgroup& group : own_cgroups("cpu", roots.root)) {
    auto limit = cpu_limit(group);
    if (!limit || std::ceil(*limit) >= budget.cpus) continue;
    budget.cpus = std::max(1, static_cast<int>(std::ceil(*limit)));
    budget.cpus_from = fmt::format("{} of cgroup {}", group.unified ? "cpu.max" : "cpu.cfs_quota_us", group.name);
  }

  std::optional<std::int64_t> memory;
  if (auto kib = read_number(roots.root / "proc/meminfo", "MemAvailable:"); kib && *kib >= 0) memory = *kib * 1024;
  budget.memory_from = memory ? "MemAvailable" : "neither /proc/meminfo nor a cgroup tells";
  for (const Cgroup& group : own_cgroups("memory", roots.root)) {
    auto limit = memory_limit(group);
    if (!limit) continue;
    const std::int64_t left = std::max<std::int64_t>(0, limit->bytes - memory_held(group));
    if (memory && left >= *memory) continue;
    memory = left;
    budget.memory_from = fmt::format("{} of cgroup {}", limit->file, group.name);
  }
  budget.memory_mib = std::max<std::int64_t>(0, memory.value_or(0) - reserve(memory.value_or(0))) / mib;
  return budget;
}

}  // namespace bootgate
