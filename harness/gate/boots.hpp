// A plan's boots, without what is tried on the machines that they bring up.
#pragma once

#include "harness/plan/plan.hpp"

namespace bootgate {

/// The first job of the plan that boots, with the cases of its boot only.
Plan boots_of(Plan plan);

}  // namespace bootgate
