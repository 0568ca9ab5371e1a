// Signatures: what must never appear on a console. The rows are data: expectations/signatures/*.toml (see
// expectations/README.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expectations/crash_report.hpp"
#include "expectations/known_issues.hpp"
#include "expectations/pattern.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

/// One row.
struct Signature {
  std::string id;       // "oops", "kasan": suites allow it by this name
  std::string literal;  // the pattern is tried only on lines that hold this
  Pattern pattern;
  Severity severity = Severity::failure;
  /// With {group} for named groups of the pattern and of the detail, and {function} for the guilty function: RIP's, or
  /// the first frame that isn't skipped.
  std::string title;
  std::optional<Pattern> detail;  // looked for in the lines behind, for more groups: KASAN's "Read of size 8"
  std::optional<Pattern> end;     // the line that ends it, rather than the end of its trace: OOM's "Killed process"
  std::vector<Pattern> except;    // a line that one of these matches is no hit
  /// While a report is open, a hit of this row belongs to it: a panic behind an oops, the die line behind "kernel BUG
  /// at".
  bool continues = false;
  /// Alone it tells only that a report was lost.
  bool follows = false;
  /// Nothing follows that belongs to it.
  bool single_line = false;
  /// Registers, or a panic (panic_on_warn), follow its end marker.
  bool tail = false;
  /// It stands between two lines of "=": the second one ends it.
  bool framed = false;
  /// It is the text of a WARNING: or BUG: that follows, and names it: the next header belongs to it.
  bool names_next = false;
  /// Only so many of its lines make a hit, and none of these rows may have hit a line in between.
  std::size_t times = 1;
  std::vector<std::string> forgotten_after;  // ids
  SourcePos at;
};

/// What is looked for: all rows, in the order of files and rows. The first that hits a line names it.
struct SignatureSet {
  std::vector<Signature> rows;
  std::vector<std::string>
      skipped_frames;             // functions that are never guilty, with * for anything: panic, __asan_*, ...
  std::vector<KnownIssue> known;  // what its reports are compared with
};

/// Reads every *.toml of `dir`, sorted by name. All errors of all files are collected into `errors`.
SignatureSet read_signatures(const fs::path& dir, std::vector<Error>& errors);

}  // namespace bootgate
