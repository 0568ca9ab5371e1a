// Uncommitted work as a commit of our own repository: nothing is written to the user's, not even an object.
#pragma once

#include "fixtures/source/own_repository.hpp"

namespace bootgate {

enum class Uncommitted { staged, worktree };

/// The commit on top of `base`; the same work gives the same one. Without any it is `base` itself. A conflict that is
/// not resolved, and a repository without a work tree, are usage errors. New files below `except` are left out.
Result<std::string> commit_uncommitted(Uncommitted what, const std::string& base, const fs::path& except,
                                       const OwnRepository& repository);

}  // namespace bootgate
