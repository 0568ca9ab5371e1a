// Where bootgate's own data files are: suites, signatures, the busybox root's files.
#pragma once

#include "harness/support/files.hpp"

namespace bootgate {

/// The root of the source tree: $BOOTGATE_ROOT (the launcher sets it), else where it was when this was compiled.
fs::path data_root();

}  // namespace bootgate
