// What a report says of a job besides its cases: what was booted, on what, and how long each phase took.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/run/boot.hpp"

namespace bootgate {

using Facts = std::vector<std::pair<std::string, std::string>>;

Facts facts_of(const Guest& guest);
Facts facts_of(const JobInputs& inputs, const Boot& boot);

}  // namespace bootgate
