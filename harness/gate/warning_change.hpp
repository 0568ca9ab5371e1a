// New warnings: what the compiler says of the series and did not say of its base.
#pragma once

#include <string>
#include <vector>

#include "fixtures/build/make_output.hpp"

namespace bootgate {

/// Those in the files that the series touches. Lines move, so that a warning is known by its file and its text; when
/// there are more of them than before, the last ones are the new ones.
std::vector<BuildWarning> new_warnings(const std::vector<BuildWarning>& before, const std::vector<BuildWarning>& after,
                                       const std::vector<std::string>& touched);

}  // namespace bootgate
