// What a report says of a job besides its cases: what was booted, on what, and how long each phase took.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/boot.hpp"

namespace bootgate {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// What a bisection has to be told so that it boots what the job did: "--suite boot --config lean+debug". Nothing when
/// it has no words for that: another root file system or profile than the suite's, modules, files.
std::optional<std::string> trial_options(const Plan& plan, const Job& job);

Facts facts_of(const Guest& guest);
Facts facts_of(const JobInputs& inputs, const Boot& boot);

}  // namespace bootgate
