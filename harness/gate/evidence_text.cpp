#include "harness/gate/evidence_text.hpp"

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {

std::string evidence_text(const CaseResult& result) {
  constexpr std::size_t most_lines = 30;
  std::string text;
  for (std::string_view line : split(result.details, '\n'))
    text += printable(line) + "\n";
  const bool crashed = !result.reports.empty();
  const std::vector<std::string>& lines = crashed ? shown_lines(result.reports.front()) : result.excerpt;
  const std::size_t from = !crashed && lines.size() > most_lines ? lines.size() - most_lines : 0;
  for (std::size_t i = from; i < std::min(lines.size(), from + most_lines); ++i)
    text += printable(lines[i]) + "\n";
  return text;
}

}  // namespace bootgate
