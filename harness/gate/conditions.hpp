// Conditions: all that the result of a commit depends on besides the commit, as a text that is the same for the same.
#pragma once

#include <string>

#include "expectations/signatures.hpp"
#include "harness/plan/plan.hpp"

namespace bootgate {

/// The plan, what the files say that it names, known issues that have expired by today, the host's compilers, and our
/// own program and data.
std::string conditions_of(const Plan& plan, const SignatureSet& signatures);

}  // namespace bootgate
