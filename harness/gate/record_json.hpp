// A Side as JSON, to be kept and read again.
#pragma once

#include "harness/gate/side.hpp"
#include "harness/support/json.hpp"

namespace bootgate {

Json to_json(const Side& side);

/// Nothing when it is not what to_json writes.
std::optional<Side> read_side(const Json& json);

}  // namespace bootgate
