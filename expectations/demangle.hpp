// Names of Rust functions (the wall around libiberty).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bootgate {

/// "_RNvCscSpY9Juk0HT_7___rustc17rust_begin_unwind" -> "__rustc::rust_begin_unwind", without the hashes of crates.
/// Nothing for a name that isn't one of Rust's.
std::optional<std::string> demangled_rust(std::string_view symbol);

}  // namespace bootgate
