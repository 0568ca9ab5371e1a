#include "harness/cli/resolver.hpp"

#include <fmt/format.h>

#include "harness/support/process.hpp"

namespace bootgate {

std::string resolver_obstacle() {
  // Reserved for such uses (RFC 2606), and it has an address.
  constexpr const char* name = "example.com";
  CommandOptions options;
  options.timeout = std::chrono::seconds(5);
  auto looked_up = run_command({"getent", "ahosts", name}, options);
  if (!looked_up) return one_line(looked_up.error());
  return looked_up->status.ok() ? "" : fmt::format("it does not know {}", name);
}

}  // namespace bootgate
