// CpuShare: how much CPU time a process got, and how long it waited for some; and the judgement whether the host kept
// it from its work.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "harness/support/clock.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

/// Sums since the process, its control groups and the host began: only differences say something, of readings that are
/// seconds apart, since a wait is counted when it ends.
struct CpuShare {
  Duration ran{};                     // on a CPU, all threads together
  std::optional<Duration> waited;     // ready to run, without a CPU; nothing where the kernel doesn't count it
  std::optional<Duration> throttled;  // by the CPU limits of our control groups, which we are in too; on all CPUs
  Duration busy{};                    // of all the host's CPUs together, with what was stolen
  Duration stolen{};                  // what a hypervisor gave to others while a CPU of this host had work
};

/// Nothing when the process is gone. `root` is where the host's /proc and its mounts are.
std::optional<CpuShare> read_cpu_share(pid_t pid, const fs::path& root = "/");

/// What the host is to be blamed for, as "it got 12 % of a CPU, and waited 85 % of 30s for one", when between the two
/// readings, `wall` apart, the process wanted to run and got less than half of what it wanted. Nothing for one that
/// slept or idled, for one that had its CPU, and where nobody counted.
std::optional<std::string> starvation(const CpuShare& before, const CpuShare& after, Duration wall);

}  // namespace bootgate
