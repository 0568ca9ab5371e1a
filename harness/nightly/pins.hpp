// Pins: what refs of git repositories mean in one night. They are looked up once: all jobs of a night boot the same
// commit, also when it is resumed after somebody has pushed.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "fixtures/source/kernel_source.hpp"
#include "harness/support/error.hpp"

namespace bootgate {

struct Pins {
  std::map<std::string, std::string> commits;  // KernelName::text -> commit
  std::vector<Error> errors;                   // refs that can't be looked up: their jobs will tell the same
};

/// `known` stay what they are. Where `stop` was requested, some may be missing.
Pins look_up_pins(const std::vector<KernelName>& kernels, std::stop_token stop,
                  std::map<std::string, std::string> known = {});

/// From here on each of these kernels is the commit that it is pinned to; its name stays.
void pin(std::vector<KernelName>& kernels, const std::map<std::string, std::string>& commits);

}  // namespace bootgate
