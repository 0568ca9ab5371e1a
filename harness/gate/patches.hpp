// Patches, applied on top of a commit in our own work tree, as `git am -3` does it.
#pragma once

#include "fixtures/source/own_repository.hpp"

namespace bootgate {

/// The commit of the last one. The same patches on the same base give the same commit. A usage error names the patch
/// that doesn't apply, the file and the hunk.
Result<std::string> apply_patches(const std::vector<fs::path>& files, const std::string& base,
                                  const OwnRepository& repository);

}  // namespace bootgate
