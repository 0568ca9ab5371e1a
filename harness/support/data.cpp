#include "harness/support/data.hpp"

#include <cstdlib>

namespace bootgate {

fs::path data_root() {
  const char* root = std::getenv("BOOTGATE_ROOT");
  return root && *root ? root : BOOTGATE_SOURCE_DIR;
}

}  // namespace bootgate
