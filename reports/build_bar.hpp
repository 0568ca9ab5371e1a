// The progress of a kernel build as one line.
#pragma once

#include <string>
#include <string_view>

#include "fixtures/kernel_build.hpp"

namespace bootgate {

/// "building Linux 6.12.107  [#####-----]  812 of 1721, 2m left": the number that is to come is known from the last
/// build of its like, and left out where there was none.
std::string build_bar(std::string_view kernel, const BuildProgress& progress);

/// "4m 38s", "9s".
std::string minutes(Duration duration);

}  // namespace bootgate
