// What a person wants to see of a case that fails.
#pragma once

#include <string>

#include "harness/run/result.hpp"

namespace bootgate {

/// The compiler's words, then the first crash report, or else the end of its console. Printable lines.
std::string evidence_text(const CaseResult& result);

}  // namespace bootgate
