// The command lines of what looks at results, and of nights: a part of the wall around CLI11, see arguments.cpp.
#pragma once

#include "harness/cli/arguments.hpp"

namespace CLI {
class App;
}

namespace bootgate {

void declare_compare(CLI::App& program, Arguments& chosen);
void declare_history(CLI::App& program, Arguments& chosen);
void declare_report(CLI::App& program, Arguments& chosen);
void declare_nightly(CLI::App& program, Arguments& chosen);

}  // namespace bootgate
