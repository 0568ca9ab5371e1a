// RunDirectory: the place of one run's evidence, and the link that says which is the latest.
#pragma once

#include "harness/support/files.hpp"

namespace bootgate {

/// Makes `out/PREFIX20261123-012000` (UTC; with -2, -3 where that exists: two may start in one second). Where
/// `out` is new, git is told to ignore it.
Result<fs::path> make_stamped_directory(const fs::path& out, const std::string& prefix);

/// The same without a prefix, for a run; the link `out/latest` then points at it.
Result<fs::path> make_run_directory(const fs::path& out);

}  // namespace bootgate
