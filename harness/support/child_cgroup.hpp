// ChildCgroup: a control group of ours for one command: it has limits, it knows whether they were reached, and whoever
// is still in it at the end is killed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/support/files.hpp"

namespace bootgate {

struct CgroupLimits {
  int processes = 0;
  std::int64_t memory_mib = 0;  // of all of them together
};

class ChildCgroup {
 public:
  /// Below our own group or, where none can be made there, the nearest one above it (cgroup-v2.rst, "No Internal
  /// Process Constraint"). Nothing where this user may make none, or has no controllers for both limits. `root` is
  /// where the host's /proc and its mounts are.
  static std::optional<ChildCgroup> make(const CgroupLimits& limits, const fs::path& root = "/");
  ChildCgroup(ChildCgroup&& other) noexcept;
  ChildCgroup& operator=(ChildCgroup&&) = delete;
  ~ChildCgroup();

  /// A process that writes its number to each of these files is in the group, with all that it starts.
  std::vector<fs::path> entries() const;
  /// A process could not be started.
  bool reached_processes() const;
  /// A process was killed for its memory.
  bool reached_memory() const;

 private:
  ChildCgroup(std::vector<fs::path> groups) : groups_(std::move(groups)) {}

  std::vector<fs::path> groups_;  // version 1 has a hierarchy for each controller
};

}  // namespace bootgate
