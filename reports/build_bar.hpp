// The progress of a kernel build as one line.
#pragma once

#include <string>

#include "fixtures/build/kernel_build.hpp"

namespace bootgate {

/// "building Linux 6.12.107  [#####-----]  812 of 1721, 2m 10s left": the number that is to come is known from the last
/// build of its like. Without one: "building Linux 6.12.107  812 done, 3m 05s".
std::string build_bar(const BuildProgress& progress);

/// "4m 38s", "9s".
std::string rough_time(Duration duration);

}  // namespace bootgate
