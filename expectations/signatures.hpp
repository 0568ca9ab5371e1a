// Signatures: what must never appear on a console, and the watch that looks for it in every line of every boot.
//
// The rows are data: expectations/signatures/*.toml (see expectations/README.md). A literal gates each regex, so that
// a healthy line costs a search for a dozen words.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expectations/crash_report.hpp"
#include "expectations/pattern.hpp"
#include "harness/support/clock.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

/// One row.
struct Signature {
  std::string id;       // "oops", "kasan": suites allow it by this name
  std::string literal;  // a line is looked at only when it holds this
  Pattern pattern;
  Severity severity = Severity::failure;
  /// With {group} for named groups of the pattern and of the detail, and {function} for the guilty function: RIP's, or
  /// the first frame that isn't skipped.
  std::string title;
  std::optional<Pattern> detail;  // looked for in the lines behind, for more groups: KASAN's "Read of size 8"
  std::vector<Pattern> except;    // a line that one of these matches is no hit
  /// While a report is open, a hit of this row belongs to it: a panic behind an oops, the die line behind "kernel BUG
  /// at".
  bool continues = false;
  /// Registers, or a panic (panic_on_warn), follow its end marker.
  bool tail = false;
  /// It stands between two lines of "=": the second one ends it.
  bool framed = false;
  /// It is the text of a WARNING: or BUG: that follows, and names it: the next header belongs to it.
  bool names_next = false;
  SourcePos at;
};

/// All rows, in the order of files and rows: the first that hits a line names it.
struct SignatureSet {
  std::vector<Signature> rows;
  std::vector<std::string>
      skipped_frames;  // functions that are never guilty, with * for anything: panic, __asan_*, ...
};

/// Reads every *.toml of `dir`, sorted by name. All errors of all files are collected into `errors`.
SignatureSet read_signatures(const fs::path& dir, std::vector<Error>& errors);

/// Finds crash reports in a stream of lines. Knows nothing of processes or clocks: times are given to it.
class SignatureWatch {
 public:
  explicit SignatureWatch(std::shared_ptr<const SignatureSet> signatures);
  ~SignatureWatch();
  SignatureWatch(SignatureWatch&&) noexcept;
  SignatureWatch& operator=(SignatureWatch&&) noexcept;

  /// The next complete console line, with its number.
  void line(std::string_view text, std::size_t number, TimePoint now);
  /// True while a report is open: its end marker has not come yet.
  bool collecting() const;
  /// When an open report is to be taken as ended for lack of further lines (2 s after the last one).
  std::optional<TimePoint> quiet_deadline() const;
  /// Ends the open report: no line came for too long, or the console is at its end.
  void close();
  /// Reports that ended since the last call, in order.
  std::vector<CrashReport> take();
  /// The first match-limit error of a row, if any; it is the bench's.
  const std::optional<Error>& trouble() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bootgate
