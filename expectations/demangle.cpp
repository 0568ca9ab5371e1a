#include "expectations/demangle.hpp"

#include <libiberty/demangle.h>

#include <cstdlib>
#include <memory>

namespace bootgate {

std::optional<std::string> demangled_rust(std::string_view symbol) {
  // v0 (RFC 2603), and the legacy scheme that ends with a hash: the kernel uses v0.
  if (!symbol.starts_with("_R")) return std::nullopt;
  std::unique_ptr<char, decltype(&std::free)> path(::rust_demangle(std::string(symbol).c_str(), DMGL_NO_OPTS),
                                                   std::free);
  return path ? std::optional<std::string>(path.get()) : std::nullopt;
}

}  // namespace bootgate
