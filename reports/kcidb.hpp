// KCIDB: a run in the JSON format (version 5.3 of kcidb-io's schema) that kernel CI systems report to KernelCI in.
#pragma once

#include <string>
#include <string_view>

#include "harness/support/json.hpp"
#include "reports/run_record.hpp"

namespace bootgate {

/// Lower-case letters, digits and "_": what KCIDB takes for the name of a CI system.
bool is_kcidb_origin(std::string_view text);

/// A checkout and a build for each kernel that jobs booted, and a test for each case. `origin` names the CI system.
Json kcidb_json(const RunRecord& run, const std::string& origin);

}  // namespace bootgate
