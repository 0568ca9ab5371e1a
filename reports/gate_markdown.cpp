#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"
#include "reports/gate_measure.hpp"
#include "reports/gate_report.hpp"

namespace bootgate {
namespace {

/// GitHub refuses a comment of more than 65536 characters.
constexpr std::size_t most_rows = 50, most_details = 4000, most_symbols = 40, most_blocks = 8;

/// Text that Markdown takes for nothing but text: it may come from a guest, or from a patch.
std::string plain(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    if (std::string_view("\\`*_{}[]()#+-.!|~<>&@").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// A block that its content can't end: its fence is longer than any run of back quotes in it.
std::string block(std::string_view text) {
  std::size_t longest = 2, run = 0;
  for (char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}text\n{}{}\n", fence, text, text.ends_with('\n') ? fence : "\n" + fence);
}

std::string headline(const GateVerdict& verdict) {
  if (verdict.interrupted) return "## bootgate: interrupted, no verdict\n\n";
  if (verdict.error) return fmt::format("## bootgate: no verdict\n\n{}\n", block(render(*verdict.error)));
  return exit_code(verdict) == 0 ? "## bootgate: nothing is broken\n\n" : "## bootgate: **broken**\n\n";
}

std::string table(const GateVerdict& verdict) {
  if (verdict.rows.empty()) return {};
  std::string text = "| verdict | what | where |\n|---|---|---|\n";
  std::size_t shown = 0;
  for (const GateRow& row : verdict.rows) {
    if (shown++ == most_rows) return text + fmt::format("| | and {} more | |\n\n", verdict.rows.size() - most_rows);
    const std::string kind =
        counts(row) ? fmt::format("**{}**", to_string(row.kind)) : std::string(to_string(row.kind));
    text += fmt::format("| {} | {} | {} |\n", kind, plain(row.what), plain(row.subject));
  }
  return text + "\n";
}

std::string details(const GateVerdict& verdict) {
  std::string text;
  std::size_t shown = 0;
  for (const GateRow& row : verdict.rows) {
    if (!counts(row) || row.details.empty() || shown++ >= most_blocks) continue;
    const std::string_view head = std::string_view(row.details).substr(0, most_details);
    text += fmt::format("<details><summary>{}: {}</summary>\n\n{}\n</details>\n\n", plain(row.subject), plain(row.what),
                        block(head));
  }
  return text;
}

std::string measurements(const GateVerdict& verdict) {
  std::string text;
  for (std::size_t i = 0; i < std::min(most_symbols, verdict.config.size()); ++i)
    text += fmt::format("- config {}\n", plain(change_text(verdict.config[i])));
  if (verdict.config.size() > most_symbols)
    text += fmt::format("- and {} more symbols\n", verdict.config.size() - most_symbols);
  for (const MeasurementChange& change : sizes_that_changed(verdict.measurements))
    text += fmt::format("- size {}\n", plain(change_text(change)));
  for (const std::string& note : verdict.notes)
    text += fmt::format("- {}\n", plain(note));
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string gate_markdown(const GateVerdict& verdict) {
  std::string text = headline(verdict);
  if (!verdict.error && !verdict.interrupted) text += plain(tally_text(verdict)) + "\n\n";
  text += table(verdict) + details(verdict) + measurements(verdict);
  text += fmt::format("{}: {} commit{} on `{}`, head `{}`\n", plain(verdict.series), verdict.commits.size(),
                      verdict.commits.size() == 1 ? "" : "s", verdict.base.substr(0, 12), verdict.head.substr(0, 12));
  return text;
}

}  // namespace bootgate
