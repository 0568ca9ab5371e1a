// RustLines: what the body of one Rust function prints.
#pragma once

#include <vector>

#include "expectations/rust/rust_items.hpp"
#include "expectations/rust/rust_source.hpp"

namespace bootgate {

/// The lines that `function` prints when it is called, those of the functions it calls by name included. The module's
/// name is the prefix.
std::vector<PrintedLine> printed_lines(const std::vector<RustToken>& tokens, const RustItems& items,
                                       const RustFunction& function);

}  // namespace bootgate
