// Execution: how a run goes about its plan. Nothing here changes what a case means, or its verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bootgate {

/// What a case of the booted system starts on. Where a machine can't be cloned, a fresh boot takes over.
enum class Isolation { clone, boot };

/// Which cases of the booted system are run. The cases of a boot are always run where one of its job's others is: they
/// are how its machine comes up.
struct Selection {
  std::vector<std::string> filters;  // globs (fnmatch(3)); empty: all
  int shard = 1;                     // 1 to `shards`
  int shards = 1;                    // each case of the booted system is in exactly one
};

inline constexpr int most_retries = 100;
inline constexpr int most_repeats = 1000;

struct Execution {
  Isolation isolation = Isolation::clone;
  std::optional<int> machines;    // at once, at most; nothing: as many as the host has CPUs for
  std::optional<int> memory_mib;  // of all machines together; nothing: what the host has
  Selection selection;
  int retries = 0;                       // more attempts of a case that failed without a crash report
  int repeats = 1;                       // attempts of every case
  bool fail_fast = false;                // the first failure is the last case
  std::optional<std::uint64_t> shuffle;  // the seed of a random order; nothing: the longest first
};

}  // namespace bootgate
