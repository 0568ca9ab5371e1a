// The options of the commands that judge commits: gate and bisect.
#pragma once

#include "harness/cli/option_groups.hpp"

namespace bootgate {

void declare_gate(CLI::App& program, Arguments& chosen);
void declare_bisect(CLI::App& program, Arguments& chosen);

}  // namespace bootgate
