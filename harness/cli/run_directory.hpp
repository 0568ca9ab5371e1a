// RunDirectory: the place of one run's evidence, and the link that says which is the latest.
#pragma once

#include "harness/support/files.hpp"

namespace bootgate {

/// Makes `out/20261123-012000` (UTC; with -2, -3 where that exists: two runs may start in one second) and points the
/// link `out/latest` at it.
Result<fs::path> make_run_directory(const fs::path& out);

}  // namespace bootgate
