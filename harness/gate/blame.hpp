// Blame: whose fault it is that a commit could not be tried.
#pragma once

#include "harness/run/result.hpp"

namespace bootgate {

/// Makes an error of the user's (is_users) that ended the run the failure of its builds: where other commits can be
/// tried with the same request, the tree is to blame.
void blame_the_tree(RunResult& run);
}  // namespace bootgate
