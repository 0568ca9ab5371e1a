// Retention: whose evidence goes, by age and size. The history keeps the results of all nights; this is about their
// directories.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "harness/plan/run_file.hpp"
#include "reports/history.hpp"

namespace bootgate {

struct KeptNight {
  std::string name;
  fs::path directory;
  std::int64_t started = 0;  // seconds since 1970
  std::uintmax_t bytes = 0;
};

/// The nights to remove, oldest first. `nights` are newest first. Those that are too old go, and then as many as the
/// size asks for; the newest and those that are `wanted` stay, whatever their age and size.
std::vector<KeptNight> superfluous(std::vector<KeptNight> nights, const std::set<std::string>& wanted, const Keep& keep,
                                   std::int64_t now);

/// The nights of the history whose directories are there, newest first, and below `nights`: nothing else is ever
/// removed.
Result<std::vector<KeptNight>> kept_nights(const History& history, const fs::path& nights);

}  // namespace bootgate
