// Target: what a bisection looks for, and whether a run shows it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/run/result.hpp"
#include "reports/bisect_report.hpp"

namespace bootgate {

/// A case, a crash report's title, or without either whatever fails.
struct Target {
  std::string suite;  // of the case; empty: any
  std::string name;   // of the case; empty: all
  std::string title;

  /// "boot/login", "WARNING in f", "any failure".
  std::string text() const;
};

/// "SUITE/CASE" of all that were tried: neither skipped nor left out.
std::set<std::string> cases_that_ran(const RunResult& run);

/// Marks a commit by its run; the caller fills in which one it was. Only what passes is good. Skipped is a kernel that
/// can't be configured or built, and what another failure hides: a case that was not reached; for a title, any case
/// that failed otherwise or was not tried. `ran`: the cases that were tried on some commit, which a skip here is told
/// from those of every commit by. An error when the bench has failed.
Result<TriedCommit> mark_of(const RunResult& run, const Target& target, const std::set<std::string>& ran);

}  // namespace bootgate
