// Known issues: failures that somebody has taken charge of, until a date. The rows are data:
// expectations/known-issues.toml, or a file of the user's own (see expectations/README.md).
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expectations/crash_report.hpp"
#include "expectations/pattern.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

/// One row: it has a title or a fingerprint.
struct KnownIssue {
  std::optional<Pattern> title;  // the report's: a literal is the whole of it, a regex is found in it
  std::string fingerprint;       // the report's
  std::string reason;
  std::string link;
  std::string owner;
  std::chrono::year_month_day expires;  // the last day on which it counts
  bool expired = false;                 // by then it should have been mended, and no longer counts
  SourcePos at;
};

/// All errors of the file are collected into `errors`. `today` is in UTC.
std::vector<KnownIssue> read_known_issues(const fs::path& file, std::chrono::year_month_day today,
                                          std::vector<Error>& errors);

/// In one line, for people: "the reason (link, owner, until 2026-12-31)".
std::string describe(const KnownIssue& issue);

/// Fills in `known` or `expired`, by the first issue that is this report. A corrupted report is nobody's: what its
/// title says may be wrong. A title-regex that is too expensive is an error.
Result<> mark_known(CrashReport& report, std::span<const KnownIssue> issues);

}  // namespace bootgate
