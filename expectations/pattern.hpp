// Pattern: what a suite or a signature looks for in one line, literally or as a PCRE2 regex (the wall around PCRE2).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/support/error.hpp"

namespace bootgate {

/// A pattern as it was written.
struct PatternText {
  std::string text;
  bool regex = false;
  SourcePos at;  // where its first character stands
  bool operator==(const PatternText&) const = default;
};

/// Named groups of a match, in the order of the pattern, without those that took no part.
using Captures = std::vector<std::pair<std::string, std::string>>;

struct PatternMatch {
  std::size_t start = 0;  // byte offsets in the subject
  std::size_t end = 0;
  Captures captures;
};

/// A compiled pattern: bytes, no UTF; JIT where the host allows it; bounded by match limits. Cheap to copy, and safe to
/// use from several threads.
class Pattern {
 public:
  /// A regex that doesn't compile is a definition error that points at the column inside the pattern.
  /// So is one that matches the empty text: it would match every line.
  static Result<Pattern> compile(const PatternText& text);

  const PatternText& text() const;
  /// The names of its groups, in the order of the pattern.
  std::vector<std::string> group_names() const;
  /// A match anywhere in `subject`, or nothing. Running into the match limits is a definition error that names the
  /// pattern: never "no match".
  Result<std::optional<PatternMatch>> find(std::string_view subject) const;

 private:
  struct Impl;
  explicit Pattern(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace bootgate
