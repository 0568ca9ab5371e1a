// MatrixTable: a run as a table of kernels and suites.
#pragma once

#include <functional>
#include <string>

#include "harness/run/result.hpp"

namespace bootgate {

/// A row for each kernel and config, a column for each suite, and in a cell the jobs of both, by profile. `page` names
/// the page of a job.
std::string matrix_table(const RunResult& run, const std::function<std::string(std::size_t)>& page);

}  // namespace bootgate
