// RustToken: Rust source cut into its words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

struct RustToken {
  enum class Kind { identifier, lifetime, number, character, string, punctuation };
  Kind kind = Kind::punctuation;
  std::string text;       // of a string: its bytes, with the escapes resolved
  int line = 0;           // counts from 1
  std::size_t close = 0;  // of an opening bracket: the index of the bracket that closes it

  bool is(std::string_view punctuation) const { return kind == Kind::punctuation && text == punctuation; }
  bool is_word(std::string_view word) const { return kind == Kind::identifier && text == word; }
  bool opens() const { return is("(") || is("[") || is("{"); }
};

/// The tokens of `source`, without comments. Signs are of one character, but for :: -> => && and ||. What the source
/// leaves open (a string, a comment, a bracket) ends with it: whether it compiles is the compiler's to say.
std::vector<RustToken> rust_tokens(std::string_view source);

}  // namespace bootgate
