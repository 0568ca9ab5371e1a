// A run's result as JSON with all that it says, and back: nothing that a report shows is lost on the way.
#pragma once

#include "harness/run/result.hpp"
#include "harness/support/json.hpp"

namespace bootgate {

Json to_json(const JobResult& job);
/// Times are in milliseconds. Guest bytes are printable: "\x1b" is four characters.
Json to_json(const RunResult& run);

/// What is missing or has another type is left as a fresh JobResult has it: a file of an older version can be read.
JobResult job_from_json(const Json& json);

/// The value of that name among all outcomes, or `error`.
Outcome outcome_from(std::string_view name);
Cause cause_from(std::string_view name);

}  // namespace bootgate
