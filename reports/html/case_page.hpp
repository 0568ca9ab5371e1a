// CasePage: all that is known of one case in one run, and the pieces that it shares with other pages.
#pragma once

#include <span>
#include <string>

#include "reports/overview.hpp"

namespace bootgate {

struct CasePageInputs {
  const JobResult& job;
  const CaseResult& result;
  std::string job_file;           // its page
  const CaseHistory* history;     // may be none
  const Finding* finding;         // may be none
  const fs::path& run_directory;  // may be empty
};

std::string case_page(const CasePageInputs& inputs);

/// The outcome in its colour, and as a word.
std::string outcome_word(Outcome outcome);
std::string_view css_class(Outcome outcome);
std::string_view css_class(const CaseChange& change);
/// "broken", "new, fails", "still failing".
std::string change_word(const CaseChange& change);

/// Outcomes from run to run as a row of marks, each a sign besides its colour.
std::string strip(std::span<const Outcome> outcomes);

/// A command line that can be copied.
std::string command_block(const std::string& command);

}  // namespace bootgate
