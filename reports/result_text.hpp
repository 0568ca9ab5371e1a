// Results as a person reads them: a line for a case, a block below it when it is bad, and the summary.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/run/result.hpp"

namespace bootgate {

struct CaseTextStyle {
  bool coloured = false;
  std::size_t name_width = 0;     // of the longest "suite/case"
  fs::path evidence;              // of the case's job
  std::string_view told_machine;  // CaseResult::machine of the last fresh boot: its reason is not told twice
};

/// "   PASS  boot/login  0.31s", and what there is to know of a case that did not simply pass. Whole lines.
std::string case_text(const CaseResult& result, const CaseTextStyle& style);

/// What a case that should have had a clone ran on instead: "a fresh boot: REASON". Without a reason it was asked for.
bool is_fresh_boot(const CaseResult& result);

struct SummaryStyle {
  bool coloured = false;
  fs::path junit;  // named, when there is one
};

/// How the run ended, in one word and in numbers.
std::string summary_text(const RunResult& run, Duration took, const SummaryStyle& style);

}  // namespace bootgate
