// RustItems: the functions of a Rust file, and what its module!{} says.
#pragma once

#include <string>
#include <vector>

#include "expectations/rust/rust_token.hpp"

namespace bootgate {

struct RustFunction {
  std::string name;
  std::string owner;      // the type whose `impl` has it, or the `mod`; empty: the file
  std::string trait;      // that the `impl` is of; only its last word
  bool of_impl = false;   // a bare name doesn't reach it
  std::size_t begin = 0;  // its body, between the braces, as indices of tokens
  std::size_t end = 0;
};

struct RustItems {
  std::string module_name;  // `name: "..."`; empty: the file declares no module
  std::string module_type;  // `type: X`
  /// Declared by module_pci_driver! and its like: the type is a driver's, and lives as long as a device does.
  bool is_driver = false;
  std::vector<RustFunction> functions;  // nested ones, too
};

/// The items of a file's tokens.
RustItems find_rust_items(const std::vector<RustToken>& tokens);

/// Where the item whose `fn` stands at `index` ends: behind its body, or behind the `;` of one without.
/// `body` is set to the index of the body's brace, or to `limit`.
std::size_t function_end(const std::vector<RustToken>& tokens, std::size_t index, std::size_t limit, std::size_t& body);

}  // namespace bootgate
