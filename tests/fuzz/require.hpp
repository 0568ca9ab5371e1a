// What must be so for every input: libFuzzer takes the abort for a finding.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace bootgate {

inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

}  // namespace bootgate
