// Whether this host resolves names: a guest that is let out asks it to.
#pragma once

#include <string>

namespace bootgate {

/// Why no name can be looked up on this host; empty where one can. It takes 5 s at most.
std::string resolver_obstacle();

}  // namespace bootgate
