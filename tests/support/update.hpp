// Golden files: --update rewrites them from what the code does now.
#pragma once

namespace bootgate {

extern bool update_expected;

}  // namespace bootgate
