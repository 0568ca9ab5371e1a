#include "reports/gate_verdict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace bootgate {

std::string_view to_string(GateRow::Kind kind) {
  switch (kind) {
    case GateRow::Kind::broken: return "broken";
    case GateRow::Kind::gone: return "gone";
    case GateRow::Kind::slower: return "slower";
    case GateRow::Kind::flaky: return "flaky";
    case GateRow::Kind::still_failing: return "still failing";
    case GateRow::Kind::fixed: return "fixed";
    case GateRow::Kind::added: return "new";
  }
  return "broken";
}

bool counts(const GateRow& row) {
  return row.kind == GateRow::Kind::broken || row.kind == GateRow::Kind::gone || row.kind == GateRow::Kind::slower;
}

int exit_code(const GateVerdict& verdict) {
  if (verdict.interrupted) return exit_code(Error::Kind::interrupted);
  if (verdict.error) return exit_code(verdict.error->kind);
  return std::any_of(verdict.rows.begin(), verdict.rows.end(), counts) ? 1 : 0;
}

std::string tally_text(const GateVerdict& verdict) {
  std::vector<std::string> parts;
  for (int kind = 0; kind <= static_cast<int>(GateRow::Kind::added); ++kind) {
    const auto of_kind = std::count_if(verdict.rows.begin(), verdict.rows.end(),
                                       [&](const GateRow& row) { return static_cast<int>(row.kind) == kind; });
    if (of_kind > 0) parts.push_back(fmt::format("{} {}", of_kind, to_string(static_cast<GateRow::Kind>(kind))));
  }
  parts.push_back(fmt::format("{} as before", verdict.same));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace bootgate
