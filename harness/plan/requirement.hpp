// Requirement: what a case needs of the kernel and of the host.
#pragma once

#include <optional>
#include <string>

#include "harness/plan/suite.hpp"

namespace bootgate {

/// "config:MODULES", "config:SAMPLE_X=m" (or =y), "module:dummy", "kvm", "tcg", "kernel>=6.12", "qemu>=8"; nothing for
/// anything else.
std::optional<Requirement> parse_requirement(const std::string& text, SourcePos at);

/// Whether version `a` stands in this relation (>=, >, <, <=, ==) to `b`. Numbers are compared as numbers; 6.12-rc3
/// comes before 6.12, and what a distribution adds behind the numbers doesn't count: 6.1.0-56-cloud is 6.1.0. What is
/// no version counts as 0.
bool version_holds(const std::string& a, const std::string& comparison, const std::string& b);

}  // namespace bootgate
