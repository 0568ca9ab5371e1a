#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"
#include "reports/display_text.hpp"
#include "reports/gate_measure.hpp"
#include "reports/gate_report.hpp"

namespace bootgate {
namespace {

constexpr std::size_t most_listed = 20;

std::string_view colour(GateRow::Kind kind) {
  switch (kind) {
    case GateRow::Kind::broken:
    case GateRow::Kind::gone:
    case GateRow::Kind::slower: return ink::red;
    case GateRow::Kind::flaky:
    case GateRow::Kind::still_failing: return ink::yellow;
    case GateRow::Kind::fixed:
    case GateRow::Kind::added: return ink::green;
  }
  return ink::red;
}

std::string row_text(const GateRow& row, std::size_t width, bool coloured) {
  constexpr std::size_t kinds = 13;  // "still failing"
  const std::string_view kind = to_string(row.kind);
  std::string text = fmt::format("  {}{}  {:<{}}  {}\n", std::string(kinds - kind.size(), ' '),
                                 painted(kind, colour(row.kind), coloured), row.subject, width, row.what);
  if (!counts(row)) return text;
  for (std::string_view line : split(row.details, '\n'))
    text += line.empty() ? "" : fmt::format("{}| {}\n", std::string(kinds + 4, ' '), line);
  return text;
}

std::string config_text(const GateVerdict& verdict) {
  if (verdict.config.empty()) return {};
  std::string text = fmt::format("  config   {} symbols changed\n", verdict.config.size());
  for (std::size_t i = 0; i < std::min(most_listed, verdict.config.size()); ++i)
    text += fmt::format("           {}\n", change_text(verdict.config[i]));
  if (verdict.config.size() > most_listed)
    text += fmt::format("           and {} more\n", verdict.config.size() - most_listed);
  return text;
}

}  // namespace

std::string gate_text(const GateVerdict& verdict, bool coloured) {
  std::string text = fmt::format("\n{} on {}, {} commit{}\n", verdict.series, verdict.base.substr(0, 12),
                                 verdict.commits.size(), verdict.commits.size() == 1 ? "" : "s");
  std::size_t width = 0;
  for (const GateRow& row : verdict.rows)
    width = std::max(width, row.subject.size());
  for (const GateRow& row : verdict.rows)
    text += row_text(row, std::min<std::size_t>(width, 40), coloured);
  text += config_text(verdict);
  for (const MeasurementChange& change : sizes_that_changed(verdict.measurements))
    text += fmt::format("  size     {}\n", change_text(change));
  for (const std::string& note : verdict.notes)
    text += fmt::format("  note     {}\n", note);
  const int status = exit_code(verdict);
  if (verdict.error || verdict.interrupted)
    return text + fmt::format("\n{}\n", painted("NO VERDICT", ink::magenta, coloured));
  return text + fmt::format("\n{}  {} in {}\n",
                            status == 0 ? painted("GOOD", ink::green, coloured) : painted("BROKEN", ink::red, coloured),
                            tally_text(verdict), short_time(verdict.took));
}

}  // namespace bootgate
