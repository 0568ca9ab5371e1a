// HostBudget: how many CPUs and how much memory the machines of a run may take together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/support/files.hpp"

namespace bootgate {

struct HostBudget {
  int cpus = 1;                 // at least 1
  std::int64_t memory_mib = 0;  // may be 0, when there is no memory to spare
  std::string cpus_from;        // what sets the bound: "CPU affinity", "cpu.max of cgroup /ci"
  std::string memory_from;
};

/// Where the host is looked at; only tests change these.
struct HostRoots {
  fs::path root = "/";              // holds proc/, and the mounts that proc/self/mountinfo names
  std::optional<int> allowed_cpus;  // for what sched_getaffinity(2) says of the calling thread
};

/// What the host has now, what every control group around us still allows, and of the memory that a reserve for
/// ourselves and the host is left. What can't be read sets no bound, but where nothing tells of memory there is none.
HostBudget read_host_budget(const HostRoots& roots = {});

}  // namespace bootgate
